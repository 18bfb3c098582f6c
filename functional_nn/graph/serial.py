"""A graph as JSON, and back: what is read equals what was written.

    {"format": "handgrad graph 1", "name": "f", "output": "f",
     "nodes": [{"name": "x", "gate": "input"},
               {"name": "q", "gate": "add", "inputs": ["x", "y"]}, ...],
     "modules": [{"name": "layer", "output": "v", "nodes": [...]}, ...]}

Modules come once each, after the modules they use themselves. A registered gate is saved by
name: it has to be registered again before a graph with it is read.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from functional_nn.graph.graph import Graph, Node, checked
from functional_nn.graph.same import inner_first

FORMAT = "handgrad graph 1"


def to_json(graph: Graph, indent: int | None = 1) -> str:
    """Return the graph as JSON.

    Raises:
        ValueError: If two different modules have one name.
    """
    modules = _named_apart(inner_first(checked(graph)))
    document = {
        "format": FORMAT,
        **_graph_as_data(graph),
        "modules": [_graph_as_data(module) for module in modules],
    }
    return json.dumps(document, indent=indent, allow_nan=False, ensure_ascii=False)


def from_json(text: str) -> Graph:
    """Return the graph of a JSON text.

    Raises:
        ValueError: If the text is no JSON, or its data are no graph; the message says what is
            missing or unknown.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        shown = text if len(text) <= 40 else f"{text[:37]}..."
        raise ValueError(
            f"the text is no JSON, {shown!r} ({error}); give what to_json(graph) returned: of a "
            "file, its text, path.read_text()"
        ) from None
    except RecursionError:
        raise ValueError("the text nests lists too deeply to be a graph") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        found = data.get("format") if isinstance(data, dict) else type(data).__name__
        raise ValueError(f"this is no graph of the format {FORMAT!r}; found {found!r}")
    known: dict[str, Graph] = {}
    for module in _of_type(data, "modules", list, "a graph"):
        read = _graph_of(module, known)
        known[read.name] = read
    return _graph_of(data, known)


def _named_apart(modules: Sequence[Graph]) -> Sequence[Graph]:
    """Return the modules, or refuse two different ones of one name."""
    by_name: dict[str, Graph] = {}
    for module in modules:
        if by_name.setdefault(module.name, module) != module:
            raise ValueError(
                f"two different modules are called {module.name!r}; rename one: graph.renamed(name)"
            )
    return modules


def _graph_as_data(graph: Graph) -> dict[str, Any]:
    nodes = [_node_as_data(node) for node in graph.nodes]
    return {"name": graph.name, "output": graph.output, "nodes": nodes}


def _node_as_data(node: Node) -> dict[str, Any]:
    data: dict[str, Any] = {"name": node.name, "gate": node.gate}
    if node.module is not None:
        data["module"] = node.module.name
    if node.inputs:
        data["inputs"] = list(node.inputs)
    if node.options:
        data["options"] = {name: _written(value) for name, value in node.options}
    return data


def _graph_of(data: Mapping[str, Any], modules: Mapping[str, Graph]) -> Graph:
    nodes = _field(data, "nodes", "a graph")
    if not isinstance(nodes, list):
        raise ValueError(f"the nodes of a graph come as a list, not as {type(nodes).__name__}")
    read = tuple(_node_of(node, modules) for node in nodes)
    return Graph(_field(data, "name", "a graph"), read, _field(data, "output", "a graph"))


def _node_of(data: Mapping[str, Any], modules: Mapping[str, Graph]) -> Node:
    name = _field(data, "name", "a node")
    gate = _field(data, "gate", f"node {name!r}")
    module = None
    if gate == "module":
        called = _field(data, "module", f"node {name!r}")
        module = modules.get(called) if isinstance(called, str) else None
        if module is None:
            raise ValueError(
                f"node {name!r} is a module {data['module']!r}, which is not among the modules "
                f"before it: {', '.join(modules) or 'none'}"
            )
    given = _of_type(data, "options", dict, f"node {name!r}")
    options = {key: _read(value) for key, value in given.items()}
    inputs = _of_type(data, "inputs", list, f"node {name!r}")
    try:
        return Node(name, gate, tuple(inputs), tuple(options.items()), module)
    except TypeError as error:
        raise ValueError(str(error)) from None


def _of_type(data: Mapping[str, Any], key: str, kind: type, what: str) -> Any:
    """Return a field that may be missing, empty then."""
    found = data.get(key, kind())
    if not isinstance(found, kind):
        wanted = "a list" if kind is list else "an object"
        raise ValueError(f"the {key} of {what} are {found!r}; wanted {wanted}")
    return found


def _field(data: Any, key: str, what: str) -> Any:
    if not isinstance(data, Mapping) or key not in data:
        raise ValueError(f"{what} has no {key!r}: {str(data)[:80]}")
    return data[key]


def _written(value: Any) -> Any:
    """Write inf and nan, which JSON lacks, as words."""
    if isinstance(value, tuple):
        return [_written(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    return value


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_read(item) for item in value)
    if not isinstance(value, dict):
        return value
    if list(value) != ["float"] or value["float"] not in ("inf", "-inf", "nan"):
        raise ValueError(
            f"{value!r} is no number; wanted one, or {{'float': 'inf', '-inf' or 'nan'}}"
        )
    return float(value["float"])
