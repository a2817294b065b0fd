"""What everything else stands on: memory, worlds, pipes and what a run leaves behind."""

from __future__ import annotations

from .arena import Arena, TensorRef
from .context import Trace
from .pipeline import Pipe, Pipeline
from .world import ComponentStore, Entity, World

__all__ = ["Arena", "ComponentStore", "Entity", "Pipe", "Pipeline", "TensorRef", "Trace", "World"]
