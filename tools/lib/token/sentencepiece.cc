// The only C++ of the project: see sentencepiece.h. Every entry catches everything.
#include "token/sentencepiece.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <unordered_map>
#include <vector>

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

struct sentencepiece_model {
	sentencepiece::SentencePieceProcessor processor;
};

struct sentencepiece_work {
	std::vector<int> ids;
	std::string text;
};

namespace {

bool say(char *why, const char *what) {
	if (why) std::snprintf(why, SENTENCEPIECE_WHY, "%s", what);
	return false;
}

bool good(const ::sentencepiece::util::Status &status, char *why) { return status.ok() || say(why, status.message()); }

template <typename Body> bool guarded(char *why, Body body) {
	try {
		return body();
	} catch (const std::exception &x) {
		return say(why, x.what());
	} catch (...) {
		return say(why, "unknown exception");
	}
}

class CallbackIterator : public ::sentencepiece::SentenceIterator {
      public:
	CallbackIterator(sentencepiece_next *next, void *state) : next_(next), state_(state) { Next(); }
	bool done() const override { return done_; }
	void Next() override {
		const char *text = nullptr;
		size_t size = 0;
		done_ = !next_(state_, &text, &size);
		if (!done_) value_.assign(text, size);
	}
	const std::string &value() const override { return value_; }
	::sentencepiece::util::Status status() const override { return ::sentencepiece::util::Status(); }

      private:
	sentencepiece_next *next_;
	void *state_;
	bool done_ = false;
	std::string value_;
};

} // namespace

extern "C" {

struct sentencepiece_model *sentencepiece_open(const char *bytes, size_t size, char *why) {
	struct sentencepiece_model *s = nullptr;
	if (guarded(why, [&] {
		    s = new struct sentencepiece_model;
		    return good(s->processor.LoadFromSerializedProto(absl::string_view(bytes, size)), why);
	    }))
		return s;
	delete s;
	return nullptr;
}

void sentencepiece_close(struct sentencepiece_model *s) { delete s; }

struct sentencepiece_work *sentencepiece_work_make(void) {
	struct sentencepiece_work *w = nullptr;
	guarded(nullptr, [&] { return (w = new struct sentencepiece_work) != nullptr; });
	return w;
}

void sentencepiece_work_free(struct sentencepiece_work *w) { delete w; }

bool sentencepiece_encode(const struct sentencepiece_model *s, struct sentencepiece_work *w, const char *text, size_t size, const int **ids,
	size_t *count, char *why) {
	return guarded(why, [&] {
		w->ids.clear();
		if (!good(s->processor.Encode(absl::string_view(text, size), &w->ids), why)) return false;
		*ids = w->ids.data();
		*count = w->ids.size();
		return true;
	});
}

bool sentencepiece_decode(const struct sentencepiece_model *s, struct sentencepiece_work *w, const int32_t *ids, size_t count,
	const char **text, size_t *size, char *why) {
	return guarded(why, [&] {
		w->ids.assign(ids, ids + count);
		w->text.clear();
		if (!good(s->processor.Decode(w->ids, &w->text), why)) return false;
		*text = w->text.data();
		*size = w->text.size();
		return true;
	});
}

int32_t sentencepiece_size(const struct sentencepiece_model *s) { return s->processor.GetPieceSize(); }

int32_t sentencepiece_id(const struct sentencepiece_model *s, const char *piece, size_t size) {
	int32_t found = -1;
	guarded(nullptr, [&] {
		// The library answers "unknown" with the id of <unk>.
		absl::string_view wanted(piece, size);
		int id = s->processor.PieceToId(wanted);
		if (id < 0 || id >= s->processor.GetPieceSize()) return false;
		const std::string &name = s->processor.IdToPiece(id);
		if (name.size() != size || std::memcmp(name.data(), piece, size) != 0) return false;
		found = id;
		return true;
	});
	return found;
}

const char *sentencepiece_piece(const struct sentencepiece_model *s, int32_t id, size_t *size) {
	const std::string &piece = s->processor.IdToPiece(id);
	*size = piece.size();
	return piece.c_str();
}

bool sentencepiece_is_control(const struct sentencepiece_model *s, int32_t id) { return s->processor.IsControl(id); }

bool sentencepiece_train(const struct sentencepiece_option *options, size_t count, sentencepiece_next *next, void *state, char **model,
	size_t *size, char *why) {
	return guarded(why, [&] {
		std::unordered_map<std::string, std::string> settings;
		for (size_t i = 0; i < count; i++) settings[options[i].name] = options[i].value;
		CallbackIterator texts(next, state);
		std::string made;
		if (!good(::sentencepiece::SentencePieceTrainer::Train(settings, &texts, &made), why)) return false;
		*model = static_cast<char *>(std::malloc(made.size() + 1));
		if (!*model) return say(why, "out of memory");
		std::memcpy(*model, made.data(), made.size());
		*size = made.size();
		return true;
	});
}

} // extern "C"
