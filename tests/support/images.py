"""The planted pictures as files people upload: a zip of PNGs, predictions that name them, the model."""

import io
import zipfile

import numpy as np

from tests.support import planted


def png(pixels):
    """One picture."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(pixels).save(out, format="PNG")
    return out.getvalue()


def files(count=12, seed=31, wrong=2):
    """predictions.csv, pictures.zip and model.onnx; for the first rows the file states another truth."""
    pixels, target, _ = planted.pictures(count, seed)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for place, picture in enumerate(pixels):
            made.writestr(f"photos/{place}.png", png(picture))
    names = np.array(planted.CLASSES)
    truth = np.where(np.arange(count) < wrong, (target + 1) % len(names), target)
    lines = ["id,image,y_true,y_pred,side"]
    lines += [
        f"p{place},photos/{place}.png,{names[true]},{names[said]},{'left' if place % 2 else 'right'}"
        for place, (true, said) in enumerate(zip(truth, target, strict=True))
    ]
    return {
        "predictions.csv": "\n".join(lines).encode(),
        "pictures.zip": out.getvalue(),
        "model.onnx": planted.FILE.read_bytes(),
    }
