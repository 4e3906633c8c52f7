import { MultiSelect } from "@mantine/core";
import { useMemo } from "react";
import { Glyph } from "../network/Glyph";
import { kindsName } from "../network/kinds";
import { type Kind, type Network, nameOf } from "../network/network";
import classes from "./Questions.module.css";

interface ElementsInputProps {
  network: Network;
  label: string;
  placeholder: string;
  /** Which can be chosen. */
  kinds: readonly Kind[];
  /** One that cannot. */
  except?: string | undefined;
  value: readonly string[];
  onChange: (names: string[]) => void;
}

const FOUND_AT_MOST = 60;

/** Chooses elements by typing a part of their names. */
export function ElementsInput({ network, label, placeholder, kinds, except, value, onChange }: ElementsInputProps) {
  const data = useMemo(
    () =>
      kinds.map((kind) => ({
        group: kindsName(kind),
        items: network.elements.flatMap((element) =>
          element.kind === kind && nameOf(element) !== except ? [{ value: nameOf(element), label: element.name }] : [],
        ),
      })),
    [network, kinds, except],
  );
  // One that this revision does not have stays, to be taken away.
  const unknown = value.filter((name) => !network.places.has(name)).map((name) => ({ value: name, label: name }));
  return (
    <MultiSelect
      className={classes.input}
      label={label}
      placeholder={value.length === 0 ? placeholder : ""}
      searchable
      clearable
      hidePickedOptions
      // Stays open for another choice, and so must stand in the page's content.
      comboboxProps={{ withinPortal: false }}
      limit={FOUND_AT_MOST}
      withScrollArea={false}
      classNames={{ options: classes.options ?? "", input: classes.box ?? "", inputField: classes.field ?? "" }}
      data={unknown.length > 0 ? [...data, { group: "", items: unknown }] : data}
      value={[...value]}
      onChange={onChange}
      renderOption={({ option }) => {
        const element = network.elements[network.places.get(option.value) ?? -1];
        return (
          <span className={classes.option}>
            {element && <Glyph kind={element.kind as Kind} size={11} />} {option.label}
          </span>
        );
      }}
    />
  );
}
