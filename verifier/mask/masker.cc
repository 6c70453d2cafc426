#include "verifier/mask/masker.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "verifier/base/secret.h"
#include "verifier/mask/masked_forms.h"

namespace jobwarden {
namespace {

constexpr std::string_view kMask = "[MASKED]";
constexpr std::size_t kSpareRoom = 4096;

std::vector<Secret> AllForms(std::vector<std::string_view> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  std::vector<Secret> all;
  for (const std::string_view value : values) {
    for (Secret& form : MaskedForms(value)) all.push_back(std::move(form));
  }
  return all;
}

std::vector<std::string_view> Views(const std::vector<Secret>& secrets) {
  std::vector<std::string_view> views;
  views.reserve(secrets.size());
  for (const Secret& secret : secrets) views.push_back(secret.view());
  return views;
}

}  // namespace

MaskSet::MaskSet(const std::vector<std::string_view>& values, std::vector<std::string> issuers)
    : forms_(Views(AllForms(values))), issuers_(std::move(issuers)) {}

Masker::Masker(const MaskSet& set, const FollowerBudget& budget)
    : forms_(set.forms()), interrupted_(set.forms(), budget), jwts_(set.issuers()) {}

Masker::~Masker() {
  if (buffer_) OPENSSL_cleanse(buffer_.get(), filled_);
}

std::span<char> Masker::Room(std::size_t bytes) {
  const auto held = static_cast<std::size_t>(end_ - begin_);
  if (capacity_ - offset_ - held < bytes) {
    // What is held back for long is not to be moved for each few bytes that follow it.
    if (held <= offset_ && held + bytes <= capacity_) {
      std::memmove(buffer_.get(), buffer_.get() + offset_, held);
    } else {
      const std::size_t capacity = std::max(2 * held, kSpareRoom) + bytes;
      std::unique_ptr<char[]> larger(new char[capacity]);
      if (buffer_) {
        std::memcpy(larger.get(), buffer_.get() + offset_, held);
        OPENSSL_cleanse(buffer_.get(), filled_);
      }
      buffer_ = std::move(larger);
      capacity_ = capacity;
      filled_ = held;
    }
    offset_ = 0;
  }
  return {buffer_.get() + offset_ + held, bytes};
}

const Masker::Pieces& Masker::Take(std::size_t bytes) {
  end_ += bytes;
  const std::string_view text = Text(begin_, end_);
  filled_ = std::max(filled_, offset_ + text.size());
  stops_.clear();
  forms_.Take(text, bytes, spans_, stops_);
  interrupted_.Take(text, bytes, stops_, spans_);
  jwts_.Take(text, bytes, spans_);
  Emit(std::min({forms_.Hold(text), interrupted_.hold(), jwts_.hold()}));
  return pieces_;
}

const Masker::Pieces& Masker::Feed(std::string_view input) {
  std::copy(input.begin(), input.end(), Room(input.size()).begin());
  return Take(input.size());
}

const Masker::Pieces& Masker::Finish() {
  forms_.Finish(spans_);
  interrupted_.Finish(spans_);
  Emit(end_);
  return pieces_;
}

// All that begins before `limit`, where nothing more will be found.
void Masker::Emit(std::uint64_t limit) {
  pieces_.clear();
  const auto put_out = [this](std::uint64_t end) {
    if (out_ < end) pieces_.push_back(Text(out_, end));
    out_ = std::max(out_, end);
  };
  std::sort(spans_.begin(), spans_.end(),
            [](const Span& a, const Span& b) { return a.begin < b.begin; });
  auto span = spans_.begin();
  for (; span != spans_.end() && span->begin < limit; ++span) {
    if (span->begin >= masked_) {
      put_out(span->begin);
      pieces_.push_back(kMask);
    }
    masked_ = std::max(masked_, span->end);
    out_ = std::max(out_, masked_);
  }
  spans_.erase(spans_.begin(), span);
  put_out(limit);
  offset_ = limit == end_ ? 0 : offset_ + static_cast<std::size_t>(limit - begin_);
  begin_ = limit;
}

std::string_view Masker::Text(std::uint64_t begin, std::uint64_t end) const {
  return {buffer_.get() + offset_ + (begin - begin_), static_cast<std::size_t>(end - begin)};
}

}  // namespace jobwarden
