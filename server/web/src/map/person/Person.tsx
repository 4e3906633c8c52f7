import { Button, TextInput } from "@mantine/core";
import { Eye } from "lucide-react";
import { useState } from "react";
import { useLocation, useNavigate, useParams } from "react-router";
import { Reading } from "../../shared/page/Reading";
import { Failed, Loading } from "../../shared/states";
import { t } from "../../shared/texts";
import { useRevision } from "../revision/useRevision";
import classes from "./Person.module.css";
import { PersonAnswer } from "./PersonAnswer";
import { usePerson } from "./usePerson";

/** What one person would see, by their id. The look is recorded, and the page says so before. */
export default function Person() {
  const { id = "" } = useParams();
  const { variables } = useRevision();
  const asked = `${id} ${variables.asOf ?? ""}`;
  // That a look was meant: an address that somebody sent is not one.
  const [meant, setMeant] = useState<string | null>(null);
  const answer = usePerson(id, variables.asOf, { enabled: id !== "" && meant === asked });
  return (
    <Reading title={t("map.views.person")} intro={t("person.intro")}>
      <Ask
        key={id}
        id={id}
        isLoading={answer.isFetching}
        look={(given) => setMeant(`${given} ${variables.asOf ?? ""}`)}
        again={() => void answer.refetch()}
      />
      {variables.number !== null && <p className={classes.none}>{t("person.byDay")}</p>}
      {answer.isFetching && <Loading what={t("person.loading")} />}
      {!answer.isFetching && answer.error && <Failed error={answer.error} />}
      {!answer.isFetching && answer.data?.subject && <PersonAnswer subject={answer.data.subject} />}
    </Reading>
  );
}

interface AskProps {
  id: string;
  isLoading: boolean;
  look: (id: string) => void;
  again: () => void;
}

function Ask({ id, isLoading, look, again }: AskProps) {
  const [given, setGiven] = useState(id);
  const navigate = useNavigate();
  const { search } = useLocation();
  return (
    <form
      className={classes.ask}
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = given.trim();
        look(wanted);
        if (wanted === id) again();
        else void navigate({ pathname: `/person/${encodeURIComponent(wanted)}`, search });
      }}
    >
      <p className={classes.warning} id="look-is-recorded">
        <Eye aria-hidden size={18} strokeWidth={1.75} />
        <span>
          <strong>{t("person.recorded")}</strong> {t("person.recorded.hint")}
        </span>
      </p>
      <div className={classes.line}>
        <TextInput
          className={classes.id}
          label={t("person.id")}
          autoComplete="off"
          spellCheck={false}
          required
          value={given}
          onChange={({ currentTarget: { value } }) => setGiven(value)}
        />
        <Button type="submit" loading={isLoading} disabled={given.trim() === ""} aria-describedby="look-is-recorded">
          {t("person.look")}
        </Button>
      </div>
    </form>
  );
}
