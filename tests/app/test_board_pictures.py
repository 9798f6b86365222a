"""Examples that name a picture show the uploaded one, and only as pixels."""

import io
import zipfile

from PIL import Image

from app import loading
from app.components.board import pictures

ROWS = b"id,y_true,y_pred,image\n" + b"".join(b"r%d,cat,dog,photos/%d.png\n" % (i, i) for i in range(30))


def archive() -> bytes:
    picture, stream = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (1500, 900), "navy").save(picture, "PNG")
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("photos/3.png", picture.getvalue())
        made.writestr("photos/4.png", b"<svg onload=alert(1)>")
    return stream.getvalue()


def test_named_pictures_become_small_data_urls(store):
    project = store({"predictions.csv": ROWS, "photos.zip": archive()})
    (entry,) = loading.prediction_sets(project)
    found = pictures.of(entry, {"a": "photos/3.png", "b": "photos/4.png", "c": "photos/9.png", "d": ""})
    assert set(found) == {"a"}
    assert found["a"].startswith("data:image/png;base64,")
