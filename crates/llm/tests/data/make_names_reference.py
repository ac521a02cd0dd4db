"""Makes names_reference.json: the most likely label of each token, by onnxruntime.

Usage: python make_names_reference.py FOLDER_WITH_MODEL_AND_TOKENIZER; needs onnxruntime, tokenizers, numpy.
"""

import json
import pathlib
import sys

import numpy
import onnxruntime
import tokenizers

TEXTS = [
    "Hello, my name is Maria Fernandez and I live in Lisbon.",
    "Please send it to John Smith, 221 Baker Street, London NW1 6XE.",
    "The weather is nice today, and nobody said anything about it.",
    "Call Dr. Okonkwo at the clinic in Leeds tomorrow morning.",
    "i told ana that her brother peter moved to 14 elm avenue apt 3, austin, texas 78701",
    "Kwame and Siobhan O'Neill met Björn Åkesson in Zürich.",
    "My passport is X1234567 and my account is 12345678.",
    "May the force be with you, said Rose as the sun rose over Paris, Texas.",
]

folder = pathlib.Path(sys.argv[1])
tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
cases = []
for text in TEXTS:
    ids = numpy.array([tokenizer.encode(text).ids], dtype=numpy.int64)
    inputs = {"input_ids": ids, "attention_mask": numpy.ones_like(ids), "token_type_ids": numpy.zeros_like(ids)}
    logits = session.run(None, {one.name: inputs[one.name] for one in session.get_inputs()})[0][0]
    chances = numpy.exp(logits - logits.max(-1, keepdims=True))
    chances /= chances.sum(-1, keepdims=True)
    cases.append(
        {"text": text, "labels": logits.argmax(-1)[1:-1].tolist(), "chances": [round(float(c), 4) for c in chances.max(-1)[1:-1]]}
    )
(pathlib.Path(__file__).parent / "names_reference.json").write_text(json.dumps(cases, ensure_ascii=False, indent=1) + "\n")
