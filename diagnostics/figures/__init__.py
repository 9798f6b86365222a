"""Pure Plotly builders: values in, Figure out; the only room of the engine that imports plotly."""
