"""`vitrine token`: development tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from graph.errors import InvalidSettings
from server.cli.connection import read_settings
from server.cli.output import say
from server.development import (
    DEFAULT_LIFETIME,
    EXAMPLE_JOB,
    EXAMPLE_STAFF,
    MAXIMUM_LIFETIME,
    open_development_issuer,
)

MINUTE = timedelta(minutes=1)


def token(
    id: Annotated[str | None, typer.Argument(help="Whose, with --staff or --job; an example's without.")] = None,
    subject: Annotated[str | None, typer.Option(help="For the person with this id.", metavar="ID")] = None,
    staff: Annotated[bool, typer.Option("--staff", help="For compliance staff.")] = False,
    service: Annotated[str | None, typer.Option(help="For the service with this key.", metavar="KEY")] = None,
    job: Annotated[bool, typer.Option("--job", help="For the background jobs.")] = False,
    minutes: Annotated[
        int, typer.Option(help="How long it is accepted.", min=1, max=MAXIMUM_LIFETIME // MINUTE)
    ] = DEFAULT_LIFETIME // MINUTE,
) -> None:
    """Print an access token for trying things out. Development mode only."""
    if [subject is not None, staff, service is not None, job].count(True) != 1:
        raise typer.BadParameter("name one holder: --subject ID, --staff [ID], --service KEY or --job [ID]")
    if id is not None and not (staff or job):
        raise typer.BadParameter(f"{id!r} is not asked for: --subject and --service are followed by theirs")
    settings = read_settings()
    if not settings.is_development:
        raise InvalidSettings(
            "tokens are signed in development mode only: in production mode, VITRINE_OIDC_ISSUER gives them"
        )
    issuer = open_development_issuer(settings.data_dir)
    say(
        issuer.mint(
            subject=subject,
            staff=(id or EXAMPLE_STAFF) if staff else None,
            service=service,
            job=(id or EXAMPLE_JOB) if job else None,
            lifetime=minutes * MINUTE,
        )
    )
