import { Link, useLocation } from "react-router";
import { ofRevision } from "../../shared/page/Shell";
import { Glyph } from "../network/Glyph";
import { KINDS, type Kind, nameOf } from "../network/network";
import { useNetwork } from "../network/useNetwork";
import { called, type NamedElement } from "./named";
import classes from "./words.module.css";

const isDrawn = (kind: string): kind is Kind => KINDS.some((each) => each === kind);

interface ElementNameProps {
  element: NamedElement;
  /** Whose map has it; else that which is looked at. */
  revision?: number;
}

/** An element's name with the shape of its kind, if the picture draws such. */
export function ElementName({ element, revision }: ElementNameProps) {
  const { kind, name } = element;
  return (
    <span className={classes.element}>
      {isDrawn(kind) ? (
        <>
          <Glyph kind={kind} size={11} /> {name}
        </>
      ) : (
        <Called element={element} {...(revision === undefined ? {} : { revision })} />
      )}
    </span>
  );
}

/** What has no name is a fact of the map, and called by who does what. */
function Called({ element, revision }: ElementNameProps) {
  const network = useNetwork(revision);
  return network ? called(network, element).name : element.name;
}

/** The same; it leads to the element in the picture, if that draws such. */
export function ElementLink({ element }: { element: NamedElement }) {
  const { search } = useLocation();
  const { kind, name } = element;
  if (!isDrawn(kind)) return <ElementName element={element} />;
  const given = new URLSearchParams(ofRevision(search));
  given.set("select", nameOf(element));
  return (
    <Link className={classes.element} to={{ pathname: "/", search: `?${given}` }}>
      <Glyph kind={kind} size={11} /> {name}
    </Link>
  );
}
