"""Records as JSON: what a script reads from a command, and what lies beside a report."""

import json
import math
from typing import Any


def dumps(value: Any) -> str:
    """Return JSON; inf and nan, which it lacks, become strings, as in ``Report.to_json``."""
    return json.dumps(plain(value), indent=2, allow_nan=False)


def plain(value: Any) -> Any:
    """Return dictionaries, lists, strings and numbers."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
