"""Uploaded models run here: a child process without files, network or programs, and the line to talk to it."""

from diagnostics.explanations.sandbox.client import Model, ModelDescription, Worker

__all__ = ["Model", "ModelDescription", "Worker"]
