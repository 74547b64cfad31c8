/* protobuf: walks the fields of a protocol buffer message, which is what a SentencePiece model is. */
#ifndef SPECTRUM_PROTOBUF_H
#define SPECTRUM_PROTOBUF_H

#include "base/buffer.h"

/* Field numbers of sentencepiece_model.proto that are used here. */
enum { MODEL_PIECES = 1, MODEL_TRAINER = 2, MODEL_NORMALIZER = 3, MODEL_DENORMALIZER = 5 };
enum { TRAINER_TYPE = 3, TRAINER_TYPE_UNIGRAM = 1, TRAINER_TYPE_BPE = 2 };
enum { NORMALIZER_CHARSMAP = 2, NORMALIZER_RULE_FILE = 6 };

enum protobuf_wire { PROTOBUF_VARINT = 0, PROTOBUF_FIXED64 = 1, PROTOBUF_BYTES = 2, PROTOBUF_FIXED32 = 5 };

struct protobuf_field {
	uint32_t number;
	enum protobuf_wire wire; /* how it stands there: a reader passes over a field that is of another kind than it knows */
	uint64_t value;          /* of a varint or fixed field */
	struct text bytes;       /* of a length-delimited field; data NULL for others */
	struct text raw;         /* tag, length and value as they stand */
};

/* The field at the start of `*rest`, which is moved behind it. False at the end and on malformed bytes (then rest->size is not 0). */
bool protobuf_next(struct text *rest, struct protobuf_field *field);

void protobuf_add_bytes(struct buffer *b, uint32_t number, struct text bytes);

#endif
