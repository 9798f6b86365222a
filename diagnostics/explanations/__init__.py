"""Why a model answered as it did: uploaded models behind a sandbox, SHAP, LIME, surrogates, structure.

Nothing in this room runs an uploaded model in the server's own process.
"""
