"""A trained model as others load it: a merged folder, a GGUF file, an Ollama model, a hub name."""

from __future__ import annotations

from trainers.export.door import EXPORTS, Exported, ExportTarget, export

__all__ = ["EXPORTS", "ExportTarget", "Exported", "export"]
