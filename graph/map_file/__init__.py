"""The map of a revision as a file: read with every problem at its line, described as a schema, and hashed."""

from graph.map_file.form import map_as_plain as map_as_plain
from graph.map_file.form import map_hash as map_hash
from graph.map_file.reader import MapFile as MapFile
from graph.map_file.reader import read_map as read_map
from graph.map_file.schema import map_schema as map_schema
