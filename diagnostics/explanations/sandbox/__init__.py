"""Uploaded models run here: a child process without files, network or programs, and the line to talk to it."""

from diagnostics.explanations.sandbox.answers import ModelDescription, ModelError
from diagnostics.explanations.sandbox.client import Model, Worker

__all__ = ["Model", "ModelDescription", "ModelError", "Worker"]
