import { Button, TextInput } from "@mantine/core";
import { Eye } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
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
  const answer = usePerson(id, variables.asOf);
  const { refetch } = answer;
  const again = () => void refetch();
  const follow = useEffectEvent(again);
  // Whom a look was meant for: an address that somebody sent, or goes back to, is none.
  const meant = useRef<string | null>(null);
  useEffect(() => {
    if (meant.current === id) follow();
    meant.current = null;
  }, [id]);
  return (
    <Reading title={t("map.views.person")} intro={t("person.intro")}>
      <Ask
        key={id}
        id={id}
        isLoading={answer.isFetching}
        look={(given) => {
          if (given === id) again();
          else meant.current = given;
        }}
      />
      {variables.number !== null && <p className={classes.none}>{t("person.byDay")}</p>}
      {answer.isFetching && <Loading what={t("person.loading")} />}
      {!answer.isFetching && answer.error && <Failed byHand error={answer.error} retry={again} />}
      {!answer.isFetching && answer.data?.subject && <PersonAnswer subject={answer.data.subject} />}
    </Reading>
  );
}

interface AskProps {
  id: string;
  isLoading: boolean;
  look: (id: string) => void;
}

function Ask({ id, isLoading, look }: AskProps) {
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
        if (wanted !== id) void navigate({ pathname: `/person/${encodeURIComponent(wanted)}`, search });
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
