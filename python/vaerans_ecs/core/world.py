"""The world, its entities and the stores of their components."""

from __future__ import annotations

from ..components import Component, ComponentStore
from ..world import Entity, World

__all__ = ["Component", "ComponentStore", "Entity", "World"]
