"""Makes minilm_vectors.f32 from minilm_texts.json with the reference implementation.

    pip install torch sentence-transformers
    python3 make_reference.py WEIGHTS    # a complete all-MiniLM-L6-v2 model folder

The vectors are little-endian 32-bit floats, 384 a text, in the order of the texts.
"""

import json
import pathlib
import sys

from sentence_transformers import SentenceTransformer, models

here = pathlib.Path(__file__).parent
texts = json.loads((here / "minilm_texts.json").read_text())
transformer = models.Transformer(sys.argv[1], max_seq_length=256)
pooling = models.Pooling(transformer.get_word_embedding_dimension(), pooling_mode="mean")
model = SentenceTransformer(modules=[transformer, pooling, models.Normalize()], device="cpu")
vectors = model.encode(texts, batch_size=1)
(here / "minilm_vectors.f32").write_bytes(vectors.astype("<f4").tobytes())
print(vectors.shape)
