"""The engine as the wheel brings it: which files of it are run, and with which options."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from graph.errors import EngineFailure

PACKAGE = "arcadedb_embedded"
#: See `graph.engines.aot_cache`; it belongs to the libraries that are installed here.
AOT_CACHE = Path(sys.prefix) / "share" / "vitrine" / "engine.aot"
DATABASE = "datamap"
SERVICE_USER = "vitrine"
SERVICE_GROUP = "service"

# Ways in that nobody here uses, and the part that is for running inside a Python process.
UNUSED_JARS = ("mcp", "postgresw", "redisw", "graphql", "console", "python-bridge")

# Bolt logs a stack trace for every failed statement, with the statement's text.
LOGGING = """\
handlers=java.util.logging.ConsoleHandler
.level=WARNING
java.util.logging.ConsoleHandler.level=WARNING
java.util.logging.ConsoleHandler.formatter=java.util.logging.SimpleFormatter
java.util.logging.SimpleFormatter.format=%1$tFT%1$tT.%1$tL%1$tz %4$s %3$s: %5$s%6$s%n
com.arcadedb.bolt.level=OFF
"""

_RECORDS = ["createRecord", "readRecord", "updateRecord", "deleteRecord"]


def _group(access: list[str], records: list[str]) -> dict[str, object]:
    return {"resultSetLimit": -1, "readTimeout": -1, "access": access, "types": {"*": {"access": records}}}


# The service may change what is in its database, types and indexes included, and nothing else.
GROUPS = json.dumps(
    {
        "version": 2,
        "databases": {
            "*": {
                "groups": {
                    "admin": _group(["updateSecurity", "updateSchema", "updateDatabaseSettings"], _RECORDS),
                    "*": _group([], []),
                }
            },
            DATABASE: {"groups": {SERVICE_GROUP: _group(["updateSchema"], _RECORDS)}},
        },
    }
)


@dataclass(frozen=True, slots=True)
class Distribution:
    """The Java program and the class path of the embedded engine. `options`: of Java, beside those of `command`."""

    java: Path
    jars: tuple[Path, ...]
    options: tuple[str, ...] = ()

    @classmethod
    def find(cls, package: str = PACKAGE) -> Self:
        """Find the installed wheel, without importing it: that would start a JVM's bridge in this process.

        Raises EngineFailure where the wheel is not installed, is incomplete, or is not for this platform.
        """
        # Only Linux tells a child that its parent was killed; elsewhere the engine would be left behind.
        if sys.platform != "linux":
            raise _unavailable(f"the embedded engine runs on Linux only, not on {sys.platform}")
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise _unavailable(f"the package {package} of the embedded engine is not installed")
        return cls.within(Path(spec.submodule_search_locations[0]))

    @classmethod
    def within(cls, folder: Path) -> Self:
        """The distribution in the wheel's `folder`. Raises EngineFailure where it is incomplete."""
        java = folder / "jre" / "bin" / "java"
        jars = tuple(
            jar for jar in sorted(folder.glob("jars/*.jar")) if not jar.name.startswith(tuple(_prefixes(UNUSED_JARS)))
        )
        if not jars or not os.access(java, os.X_OK):
            raise _unavailable("the embedded engine has no Java for this platform")
        return cls(java, jars, (f"-XX:AOTCache={AOT_CACHE}",) if AOT_CACHE.is_file() else ())

    def command(self, root: Path, heap_mb: int, *, brief: bool = False) -> list[str]:
        """The command that serves the folder `root`: loopback only, on ports that the kernel picks, durably.

        `brief`: it starts in half the time, and never gets as fast as another does in minutes.
        """
        settings = {
            "java.awt.headless": "true",
            "java.io.tmpdir": root / "tmp",
            "java.net.preferIPv4Stack": "true",
            "java.util.logging.config.file": root / "logging.properties",
            "arcadedb.server.rootPath": root,
            "arcadedb.server.rootPasswordPath": root / "root.pw",
            "arcadedb.server.logsDirectory": root / "log",
            "arcadedb.server.mode": "production",
            "arcadedb.server.defaultDatabases": f"{DATABASE}[root]",
            "arcadedb.server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
            "arcadedb.server.httpIncomingHost": "127.0.0.1",
            "arcadedb.server.httpIncomingPort": 0,
            "arcadedb.server.httpWorkerThreads": 16,
            "arcadedb.bolt.host": "127.0.0.1",
            "arcadedb.bolt.port": 0,
            "arcadedb.bolt.defaultDatabase": DATABASE,
            "arcadedb.bolt.maxMessageSize": 64 << 20,
            "arcadedb.bolt.packstream.maxValueLength": 64 << 20,
            # 0, the engine's own default, loses acknowledged commits when the power fails.
            "arcadedb.txWalFlush": 2,
            "arcadedb.command.timeout": 60_000,
            # The engine's own defaults, 300 MB for an index and pages of 512 transactions on their way to the disk, are
            # for a heap of gigabytes: an import of five million holdings outgrew this one.
            "arcadedb.indexCompactionRAM": max(16, heap_mb // 8),
            "arcadedb.pageFlushQueue": max(8, heap_mb // 32),
            "arcadedb.opencypher.loadCsv.allowFileUrls": "false",
            "arcadedb.opencypher.loadCsv.allowRemoteUrls": "false",
            "arcadedb.polyglotEngineEnabled": "false",
            "arcadedb.studio.enabled": "false",
            "arcadedb.support.autoRegister": "false",
        }
        return [
            str(self.java),
            *self.options,
            f"-Xms{min(64, heap_mb)}m",
            f"-Xmx{heap_mb}m",
            "-XX:MaxDirectMemorySize=128m",
            "-XX:-UsePerfData",
            # Only what is compiled quickly, and nothing collected beside the work.
            *(("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC") if brief else ()),
            "-XX:+ExitOnOutOfMemoryError",
            # A dump of memory holds what people's records hold.
            "-XX:-CreateCoredumpOnCrash",
            f"-XX:ErrorFile={root / 'log' / 'crash-%p.log'}",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            *(f"-D{name}={value}" for name, value in settings.items()),
            "-cp",
            os.pathsep.join(str(jar) for jar in self.jars),
            "com.arcadedb.server.ArcadeDBServer",
        ]


def _prefixes(parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"arcadedb-{part}" for part in parts)


def _unavailable(what: str) -> EngineFailure:
    return EngineFailure(f"{what}: set VITRINE_GRAPH_URL to a Neo4j server")
