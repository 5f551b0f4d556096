"""Test splits as upstream's TFDS builder makes them; needs TensorFlow."""

from pathlib import Path


def build(algorithm: str, folder: Path) -> None:
  """Builds a test split, which takes seconds to two minutes."""
  import tensorflow_datasets as tfds
  from clrs._src.dataset import CLRSDataset

  tfds.disable_progress_bar()
  builder = CLRSDataset(config=f"{algorithm}_test", data_dir=str(folder))
  builder.download_and_prepare(
    # It is all computed here; no network is asked.
    download_config=tfds.download.DownloadConfig(try_download_gcs=False)
  )
