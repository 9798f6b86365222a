"""TensorBoard event file of 20 tags × 50,000 steps: our reader, EventAccumulator.Reload and TensorBoard's data server.

    python benchmarks/tfevents.py [--steps 50000] [--tags 20] [--repeat 3]

Needs the extra `benchmarks` (tensorboard). Every reader gets the same file in the same run; the best of the repeats
counts, except for EventAccumulator, which is slow enough to be measured once.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from diagnostics.readers import Source, read, tfrecord
from diagnostics.readers.registry import registered


def write(path: Path, tags: int, steps: int) -> None:
    """Write the file with TensorBoard's own record writer."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.record_writer import RecordWriter

    generator = random.Random(0)
    names = [f"train/metric_{number:02d}" for number in range(tags)]
    with path.open("wb") as stream:
        writer = RecordWriter(stream)
        writer.write(Event(wall_time=1.7e9, file_version="brain.Event:2").SerializeToString())
        for step in range(steps):
            for name in names:
                value = Summary.Value(tag=name, simple_value=generator.random())
                event = Event(wall_time=1.7e9 + step / 10, step=step, summary=Summary(value=[value]))
                writer.write(event.SerializeToString())


def ours(path: Path) -> int:
    """Points of the assembled run: the whole way from the file to a Run."""
    result = read([Source(name=path.name, path=path)])
    return sum(len(curve) for curve in result.runs[0].curves)


def framing(path: Path) -> int:
    """Records found and checksummed, nothing decoded."""
    data = path.read_bytes()
    frames = tfrecord.walk(data)
    return sum(len(offsets) for offsets, _ in tfrecord.blocks(data, frames))


def accumulator(path: Path) -> int:
    """Points of TensorBoard's EventAccumulator with every point kept."""
    from tensorboard.backend.event_processing.event_accumulator import SCALARS, TENSORS, EventAccumulator

    loaded = EventAccumulator(str(path), size_guidance={SCALARS: 0, TENSORS: 0})
    loaded.Reload()
    tags = loaded.Tags()
    return sum(len(loaded.Scalars(tag)) for tag in tags["scalars"]) + sum(
        len(loaded.Tensors(t)) for t in tags["tensors"]
    )


def data_server(path: Path, steps: int) -> int:
    """Seconds until TensorBoard's compiled server gives the last point of every tag; it samples what it keeps."""
    import grpc
    import tensorboard_data_server
    from tensorboard.context import RequestContext
    from tensorboard.data.grpc_provider import GrpcDataProvider

    with tempfile.TemporaryDirectory() as folder:
        ports = Path(folder) / "port"
        command = [tensorboard_data_server.server_binary(), f"--logdir={path.parent}", f"--port-file={ports}"]
        server = subprocess.Popen([*command, "--port=0"], stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 60
            while not (ports.exists() and ports.read_text().strip()) and time.monotonic() < deadline:
                time.sleep(0.01)
            with grpc.insecure_channel(f"localhost:{ports.read_text().strip()}") as channel:
                provider = GrpcDataProvider("localhost", _stub(channel))
                while time.monotonic() < deadline:
                    found = provider.read_last_scalars(RequestContext(), experiment_id="", plugin_name="scalars")
                    last = [point.step for tags in found.values() for point in tags.values() if point is not None]
                    if last and min(last) == steps - 1:
                        return len(last)
                    time.sleep(0.02)
        finally:
            server.kill()
            server.wait()
    raise TimeoutError("the data server did not bring the last point within a minute")


def _stub(channel: object) -> object:
    from tensorboard.data.proto import data_provider_pb2_grpc

    return data_provider_pb2_grpc.TensorBoardDataProviderStub(channel)


def best(work: Callable[[], int], repeat: int) -> tuple[float, int]:
    """Least seconds of some repeats, and what was found."""
    times, found = [], 0
    for _ in range(repeat):
        begin = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - begin)
    return min(times), found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=50_000)
    parser.add_argument("--tags", type=int, default=20)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    registered()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.out.tfevents.1700000000.host"
        write(path, options.tags, options.steps)
        print(f"{options.tags} tags × {options.steps:,} steps, {path.stat().st_size / 1e6:.1f} MB")
        walked, records = best(lambda: framing(path), options.repeat)
        print(f"framing and checksums      {walked:7.2f} s  {records:,} records")
        read_time, points = best(lambda: ours(path), options.repeat)
        print(f"Run Clinic, file to Run    {read_time:7.2f} s  {points:,} points")
        try:
            served, tags = best(lambda: data_server(path, options.steps), options.repeat)
            print(f"TensorBoard data server    {served:7.2f} s  last point of {tags} tags, sampled")
        except (ImportError, TimeoutError) as error:
            print(f"TensorBoard data server    not measured: {error}")
        slow, kept = best(lambda: accumulator(path), 1)
        print(f"EventAccumulator.Reload    {slow:7.2f} s  {kept:,} points")
        print(f"ratio                      {slow / read_time:7.1f}")


if __name__ == "__main__":
    main()
