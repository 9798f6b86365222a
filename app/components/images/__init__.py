"""Image explanations: the model and its input, one picture, a contact sheet, the channels of a layer."""
