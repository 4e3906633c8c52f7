"""The settings: environment variables, read once at start, all problems told at once.

The class `Settings` is the one table of them: a field `graph_url` is the variable `VITRINE_GRAPH_URL`. Parsing, the
table in the README and `vitrine settings` come from it.

    python -m server.settings    prints the README's table
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from graph.engines.address import GraphAddress
from graph.errors import InvalidSettings
from graph.suggest import nearest
from server.mail_settings import MailTls, mail_problems
from server.secret_files import with_secrets
from server.setting_kinds import (
    ADDRESS,
    ALGORITHMS,
    GRAPH_URL,
    ID,
    MAILBOX,
    NETWORKS,
    NOTICE_ADDRESS,
    ORIGINS,
    PATH,
    SECRET,
    TEXT,
    Kind,
    choice,
    per_second,
    seconds,
    whole_number,
)
from server.setting_problems import graph_problems, metrics_problems, mode_problems, webhook_problems
from server.sign_in_settings import sign_in_problems
from server.token_rules import TokenRules

PREFIX = "VITRINE_"
ROOT = Path(__file__).resolve().parents[1]
HIDDEN = "(set)"


class Mode(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Traces(StrEnum):
    OFF = "off"
    OTLP = "otlp"


class Notify(StrEnum):
    INSIDE = "inside"
    OFF = "off"


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set. Made by `from_environment`; a test may construct one."""

    mode: Annotated[
        Mode, choice(Mode), "`development` signs its own tokens, and loads example subjects into the embedded engine"
    ] = Mode.DEVELOPMENT
    host: Annotated[str, TEXT, "Address to listen on; in development mode a loopback one"] = "127.0.0.1"
    port: Annotated[int, whole_number(0, 65535), "Port to listen on; 0 takes any free one"] = 8000
    public_url: Annotated[
        str | None,
        ADDRESS,
        "Where people reach the service, such as `https://privacy.example`: links in notices and feeds begin with it; "
        "without it, where it listens",
    ] = None
    data_dir: Annotated[Path, PATH, "Folder of the embedded engine's data and of the development key"] = ROOT / ".data"
    seed_dir: Annotated[Path, PATH, "Folder of the revision that an empty graph starts with"] = (
        ROOT / "seed/ispsystem/2018-11-12"
    )
    seed_examples: Annotated[
        Path,
        PATH,
        "Reports of example subjects, loaded with it in development mode, into the embedded engine only",
    ] = ROOT / "seed/examples.ndjson"

    graph_url: Annotated[
        str | None, GRAPH_URL, "Neo4j server or cluster; without it, the embedded engine is started in the data folder"
    ] = None
    graph_user: Annotated[str, TEXT, "User of that graph"] = "neo4j"
    graph_password: Annotated[str | None, SECRET, "Password of that user"] = field(default=None, repr=False)
    graph_password_file: Annotated[Path | None, PATH, "File that holds the password, instead of it"] = None
    graph_database: Annotated[str, TEXT, "Name of the database there"] = "neo4j"
    graph_ca_file: Annotated[
        Path | None,
        PATH,
        "PEM file of the authorities to trust there, instead of the system's; the connection is then encrypted",
    ] = None
    graph_pool_size: Annotated[int, whole_number(1, 10000), "Connections at most, to each server of the graph"] = 100
    graph_connect_seconds: Annotated[float, seconds(0.1, 600), "How long a connection to the graph may take"] = 5.0
    graph_statement_seconds: Annotated[
        float, seconds(0.1, 3600), "How long a statement or a write transaction may take"
    ] = 30.0
    graph_retry_seconds: Annotated[
        float, seconds(0, 3600), "How long a write that meets a passing fault is tried again"
    ] = 15.0

    engine_heap_mb: Annotated[
        int, whole_number(128, 65536, "MB"), "Heap of the embedded engine; its process takes some 200 MB more"
    ] = 512
    engine_start_seconds: Annotated[float, seconds(1, 3600), "How long the embedded engine may take to start"] = 60.0
    engine_restart_seconds: Annotated[
        float,
        seconds(0.1, 3600),
        "Longest wait before the embedded engine is started again after it ended; the first is half a second, and each "
        "one after it twice as long",
    ] = 30.0

    oidc_issuer: Annotated[str | None, TEXT, "Issuer of access tokens (`iss`); required in production mode"] = None
    oidc_audience: Annotated[
        str | None,
        TEXT,
        "This service's name in access tokens (`aud`), never a client's id; required in production mode",
    ] = None
    oidc_jwks_url: Annotated[str | None, TEXT, "Where the issuer publishes its keys; required in production mode"] = (
        None
    )
    oidc_algorithms: Annotated[tuple[str, ...], ALGORITHMS, "Signature algorithms to accept"] = ("RS256", "ES256")
    oidc_subject_claim: Annotated[str, TEXT, "Claim that holds a person's opaque id"] = "sub"
    oidc_service_claim: Annotated[str, TEXT, "Claim that names the service of a service token"] = "vitrine_service"
    oidc_scope_prefix: Annotated[str, TEXT, "What the issuer puts before each scope, such as `api://vitrine/`"] = ""
    oidc_clock_skew_seconds: Annotated[float, seconds(0, 300), "How far the issuer's clock may be off"] = 30.0

    oidc_client_id: Annotated[
        str | None,
        TEXT,
        "Client as which the service asks the issuer to sign people in to its pages; without it, nobody signs in",
    ] = None
    oidc_client_secret: Annotated[str | None, SECRET, "Secret of that client"] = field(default=None, repr=False)
    oidc_client_secret_file: Annotated[Path | None, PATH, "File that holds that secret, instead of it"] = None
    oidc_scopes: Annotated[
        str | None,
        TEXT,
        "Scopes to ask for, with blanks; without it, `openid` and those of people and staff, each after the prefix",
    ] = None
    oidc_parameters: Annotated[
        str | None, TEXT, "What else to tell the issuer when somebody signs in, as in an address: `audience=vitrine`"
    ] = None
    session_keys: Annotated[
        str | None,
        SECRET,
        "Keys of sessions, each of 64 random bytes in Base64, with blanks between: the first seals, all open",
    ] = field(default=None, repr=False)
    session_keys_file: Annotated[Path | None, PATH, "File that holds those keys, instead of them"] = None

    revisions_in_memory: Annotated[int, whole_number(1, 1000), "Published revisions kept in memory"] = 8
    log_level: Annotated[LogLevel, choice(LogLevel), "The least level that is logged"] = LogLevel.INFO
    slow_operation_seconds: Annotated[
        float, seconds(0, 3600), "From which duration on a GraphQL operation is logged with its statements"
    ] = 1.0
    metrics_token: Annotated[
        str | None, SECRET, "Bearer token for `/metrics`, at least 16 characters; without it, production mode has none"
    ] = field(default=None, repr=False)
    metrics_token_file: Annotated[Path | None, PATH, "File that holds that token, instead of it"] = None
    traces: Annotated[
        Traces, choice(Traces), "`otlp` sends traces where the `OTEL_…` variables say; needs requirements-tracing.txt"
    ] = Traces.OFF
    request_bytes: Annotated[
        int,
        whole_number(1048576, 67108864, "bytes"),
        "Longest GraphQL request of staff and services; a policy is uploaded in one",
    ] = 4194304
    request_seconds: Annotated[
        float, seconds(0.1, 3600), "How long a GraphQL request may take: its body, its turn and its answer"
    ] = 60.0
    head_seconds: Annotated[
        float, seconds(0.1, 600), "How long a client may take for the head (address and headers) of a request"
    ] = 10.0
    ingest_idle_seconds: Annotated[float, seconds(0.1, 3600), "How long a client that imports may send nothing"] = 30.0
    connections: Annotated[int, whole_number(1, 100000), "Connections of clients at most"] = 1000
    address_connections: Annotated[
        int,
        whole_number(0, 100000),
        "Connections from one address at most; 0: any number. Not counted in development, nor with "
        "`VITRINE_TRUSTED_PROXIES`",
    ] = 250
    graphql_concurrency: Annotated[int, whole_number(1, 10000), "GraphQL operations that run at once"] = 64
    graphql_waiting: Annotated[
        int, whole_number(0, 100000), "GraphQL operations that wait for their turn; beyond it 503 `OVERLOADED`"
    ] = 512
    streams: Annotated[
        int, whole_number(0, 100000), "Subscriptions and files of ids that are open at once; beyond it 503 `OVERLOADED`"
    ] = 500
    holder_streams: Annotated[
        int, whole_number(1, 100000), "Of these, of one holder of tokens; beyond it 429 `TOO_MANY_STREAMS`"
    ] = 8
    stream_seconds: Annotated[
        float, seconds(0.1, 86400), "How long one may stay open; then its client opens it anew"
    ] = 600.0
    ingest_concurrency: Annotated[int, whole_number(1, 1000), "Imports that run at once"] = 4
    waiting_seconds: Annotated[
        float, seconds(0, 600), "How long an operation or an import waits for its turn; then 503 `OVERLOADED`"
    ] = 2.0
    holder_requests_a_minute: Annotated[
        int, whole_number(0, 1000000), "Requests of one holder of tokens in a minute; 0: any number"
    ] = 600
    address_requests_a_minute: Annotated[
        int, whole_number(0, 10000000), "Requests from one address in a minute; 0: any number"
    ] = 6000
    trusted_proxies: Annotated[
        int,
        whole_number(0, 20),
        "Proxies of your own that every request comes through: the client's address is the last but so many in "
        "`X-Forwarded-For`; 0: whoever connects",
    ] = 0
    cors_origins: Annotated[
        tuple[str, ...], ORIGINS, "Origins whose pages may ask from the browser; none where it is left out"
    ] = ()
    persisted_documents: Annotated[
        Path | None,
        PATH,
        "`persisted-documents.json` of the front end's build (graphql-codegen): people and nobody can then run nothing "
        "else",
    ] = None
    web_dir: Annotated[Path, PATH, "Folder of the built pages"] = ROOT / "server/web/dist"
    public_values: Annotated[
        int,
        whole_number(100, 10000000),
        "Values (objects, fields of objects, and each 256 characters of a long text) in the answer to one query at "
        "most, for whoever is not staff",
    ] = 50000
    notify: Annotated[
        Notify,
        choice(Notify),
        "Whether the service itself tells people of revisions; `off` where `vitrine notify run` does, in processes of "
        "its own",
    ] = Notify.INSIDE
    notify_lease_seconds: Annotated[
        float,
        seconds(5, 3600),
        "How long a sender has for what it has claimed: what it had begun when it ended is told as UNKNOWN after that",
    ] = 120.0
    notice_days: Annotated[
        int,
        whole_number(0, 365, "days"),
        "How long before it comes into force a revision is published that touches people's rights directly; with less, "
        "publishing needs a reason",
    ] = 30
    templates: Annotated[
        Path | None,
        PATH,
        "Folder of templates and sentences of your own for what people are told: see docs/notices.md",
    ] = None
    notice_url: Annotated[
        str | None,
        NOTICE_ADDRESS,
        "Your own page about a notice, with `{revision}`, `{notice}` and `{clause}` where they belong; without it, "
        "notices lead to the policy",
    ] = None
    products: Annotated[
        Path | None,
        PATH,
        "YAML file of the products that tell people of notices: see docs/products.md; without it, none does",
    ] = None
    webhook_networks: Annotated[
        tuple[str, ...],
        NETWORKS,
        "Networks that are not public and that webhooks may be sent into, such as `10.20.0.0/16`",
    ] = ()
    webhook_ca_file: Annotated[
        Path | None, PATH, "PEM file of the authorities to trust for webhooks, instead of the system's"
    ] = None
    mail_host: Annotated[
        str | None, TEXT, "Mail server (SMTP) that notices by email are handed to; without it, none are sent by email"
    ] = None
    mail_port: Annotated[
        int,
        whole_number(0, 65535),
        "Its port; 0: 587, but 465 where `VITRINE_MAIL_TLS` is `implicit` and 25 where it is `off`",
    ] = 0
    mail_tls: Annotated[
        MailTls,
        choice(MailTls),
        "Encryption to it: by STARTTLS, always or where it is offered; from the first byte; or none. Its certificate "
        "must verify",
    ] = MailTls.REQUIRED
    mail_ca_file: Annotated[
        Path | None, PATH, "PEM file of the authorities to trust for it, instead of the system's"
    ] = None
    mail_user: Annotated[str | None, TEXT, "User to log in to it as; without one, nobody logs in"] = None
    mail_password: Annotated[str | None, SECRET, "Password of that user"] = field(default=None, repr=False)
    mail_password_file: Annotated[Path | None, PATH, "File that holds that password, instead of it"] = None
    mail_from: Annotated[
        str | None, MAILBOX, "Whom notices come from, and where what cannot be delivered goes back to; required with it"
    ] = None
    mail_reply_to: Annotated[str | None, MAILBOX, "Whom answers to notices go to, instead of that"] = None
    mail_connections: Annotated[
        int, whole_number(1, 100), "Connections to it, and so messages that one job hands over at once"
    ] = 8
    mail_per_second: Annotated[
        float, per_second(10000), "Messages that one job hands over in a second at most; 0: any number"
    ] = 50.0
    mail_domain_per_second: Annotated[
        float, per_second(10000), "Of these, to addresses of one domain; 0: any number"
    ] = 10.0
    address_keys: Annotated[
        str | None,
        SECRET,
        "Keys of the email addresses that are kept, each of 64 random bytes in Base64, with blanks between: the first "
        "seals, all open",
    ] = field(default=None, repr=False)
    address_keys_file: Annotated[Path | None, PATH, "File that holds those keys, instead of them"] = None
    contact_service: Annotated[
        str | None,
        TEXT,
        "Key of the one service whose token may report how people are reached, such as the account area",
    ] = None
    account_url: Annotated[
        str | None, TEXT, "Where the account system tells email addresses that are not kept: see docs/telling.md"
    ] = None
    account_token: Annotated[str | None, SECRET, "Bearer token to ask it with"] = field(default=None, repr=False)
    account_token_file: Annotated[Path | None, PATH, "File that holds that token, instead of it"] = None
    account_ca_file: Annotated[
        Path | None, PATH, "PEM file of the authorities to trust for it, instead of the system's"
    ] = None
    example_subject: Annotated[str, ID, "Subject of the `curl` line that development mode prints"] = (
        "example-multi-product"
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """The settings in `environ`; a variable that is empty counts as not set.

        Raises InvalidSettings with every problem, one a line. No message repeats a password.
        """
        settings, problems = cls.read(environ)
        if problems:
            raise InvalidSettings("\n".join(problems))
        return settings

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> tuple[Settings, list[str]]:
        """As `from_environment`, with the problems beside the settings, in which the default stands for what cannot be
        read: for whoever looks at all that is wrong at once, and serves nobody."""
        given = {name: text for name, text in environ.items() if name.startswith(PREFIX) and text.strip()}
        problems = list(_unknown(given))
        values: dict[str, Any] = {}
        for setting in settings_table():
            if setting.variable in given:
                try:
                    values[setting.field] = setting.kind.read(given[setting.variable])
                except (ValueError, RuntimeError) as error:  # the second: a home folder (~) that there is not
                    problems.append(f"{setting.variable}: {error}")
        settings = cls(**values)
        settings, found = with_secrets(settings)
        problems += found
        problems += [*graph_problems(settings, given), *mode_problems(settings, given)]
        problems += [*metrics_problems(settings), *webhook_problems(settings)]
        problems += [*mail_problems(settings, given), *sign_in_problems(settings, given)]
        return settings, problems

    @property
    def is_development(self) -> bool:
        return self.mode is Mode.DEVELOPMENT

    @property
    def links(self) -> str:
        """What links for people begin with, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def loads_examples(self) -> bool:
        """Whether an empty graph gets the example subjects: one that was named is a company's, and gets none."""
        return self.is_development and self.graph_url is None

    def graph_address(self) -> GraphAddress | None:
        """The graph that was named; None where the embedded engine is to be used."""
        if self.graph_url is None:
            return None
        assert self.graph_password is not None, "a graph has a password: from_environment sees to it"
        return GraphAddress(
            url=self.graph_url,
            user=self.graph_user,
            password=self.graph_password,
            database=self.graph_database,
            ca_file=self.graph_ca_file,
        )

    def token_rules(self) -> TokenRules:
        """The rules of production mode. Raises InvalidSettings."""
        return TokenRules(
            issuer=self.oidc_issuer or "",
            audience=self.oidc_audience or "",
            jwks_url=self.oidc_jwks_url or "",
            algorithms=self.oidc_algorithms,
            subject_claim=self.oidc_subject_claim,
            service_claim=self.oidc_service_claim,
            scope_prefix=self.oidc_scope_prefix,
            clock_skew_seconds=self.oidc_clock_skew_seconds,
        )


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: a field of `Settings` and all that is said about it there."""

    field: str
    kind: Kind[Any]
    default: Any
    meaning: str

    @property
    def variable(self) -> str:
        return PREFIX + self.field.upper()

    def shown(self, value: object) -> str:
        """A value as it would be written: a path below the checkout relative to it, a secret never. Empty for none."""
        if value is None:
            return ""
        if self.kind is SECRET:
            return HIDDEN
        if isinstance(value, tuple):
            return ",".join(value)
        if isinstance(value, Path) and value.is_relative_to(ROOT):
            return value.relative_to(ROOT).as_posix()
        return f"{value:g}" if isinstance(value, float) else str(value)


def settings_table() -> tuple[Setting, ...]:
    """All settings, in the order of the class."""
    hints = get_type_hints(Settings, include_extras=True)
    found = []
    for each in fields(Settings):
        kind, meaning = hints[each.name].__metadata__
        found.append(Setting(each.name, kind, each.default, meaning))
    return tuple(found)


def markdown_table() -> str:
    """The README's table."""
    lines = ["| Variable | Default | Values | Meaning |", "|---|---|---|---|"]
    for each in settings_table():
        default = each.shown(each.default)
        cells = f"`{each.variable}`", f"`{default}`" if default else "", each.kind.description, each.meaning
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


# ---- problems --------------------------------------------------------------------------------------------------------


def _unknown(given: Iterable[str]) -> Iterator[str]:
    known = {each.variable.removeprefix(PREFIX) for each in settings_table()}
    for word in sorted({name.removeprefix(PREFIX) for name in given} - known):
        # Compared without the prefix, which alone would make any two names alike.
        guess = nearest(word, sorted(known))
        way_out = f"did you mean {PREFIX}{guess}?" if guess else "unset it, or see `vitrine settings`"
        yield f"{PREFIX}{word} is no setting: {way_out}"


if __name__ == "__main__":
    sys.stdout.write(markdown_table())
