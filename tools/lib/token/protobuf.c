#include "token/protobuf.h"

static bool varint(const char **at, const char *end, uint64_t *value) {
	*value = 0;
	for (unsigned shift = 0; shift < 64 && *at < end; shift += 7) {
		unsigned char byte = (unsigned char)*(*at)++;
		*value |= (uint64_t)(byte & 0x7F) << shift;
		if (!(byte & 0x80)) return true;
	}
	return false;
}

static bool fixed(const char **at, const char *end, size_t size, uint64_t *value) {
	if ((size_t)(end - *at) < size) return false;
	*value = 0;
	for (size_t i = 0; i < size; i++) *value |= (uint64_t)(unsigned char)(*at)[i] << (8 * i);
	*at += size;
	return true;
}

bool protobuf_next(struct text *rest, struct protobuf_field *field) {
	if (!rest->size) return false;
	const char *at = rest->data, *end = at + rest->size;
	uint64_t tag, size;
	*field = (struct protobuf_field){0};
	if (!varint(&at, end, &tag) || tag >> 3 == 0 || tag >> 3 > UINT32_MAX) return false;
	field->number = (uint32_t)(tag >> 3);
	field->wire = (enum protobuf_wire)(tag & 7);
	switch (field->wire) {
	case PROTOBUF_VARINT:
		if (!varint(&at, end, &field->value)) return false;
		break;
	case PROTOBUF_FIXED64:
		if (!fixed(&at, end, 8, &field->value)) return false;
		break;
	case PROTOBUF_BYTES:
		if (!varint(&at, end, &size) || size > (uint64_t)(end - at)) return false;
		field->bytes = text_make(at, (size_t)size);
		at += size;
		break;
	case PROTOBUF_FIXED32:
		if (!fixed(&at, end, 4, &field->value)) return false;
		break;
	default: return false;
	}
	field->raw = text_make(rest->data, (size_t)(at - rest->data));
	*rest = text_make(at, (size_t)(end - at));
	return true;
}

static void add_varint(struct buffer *b, uint64_t value) {
	for (; value >= 0x80; value >>= 7) buffer_add_char(b, (char)(value | 0x80));
	buffer_add_char(b, (char)value);
}

void protobuf_add_bytes(struct buffer *b, uint32_t number, struct text bytes) {
	add_varint(b, (uint64_t)number << 3 | PROTOBUF_BYTES);
	add_varint(b, bytes.size);
	buffer_add_text(b, bytes);
}
