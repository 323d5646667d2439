// PEM text (RFC 7468) as labelled DER: no algorithm and no password prompt is involved. Used by keys.cpp and x509.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/crypto.hpp"

namespace firstlight::wire {

inline constexpr std::size_t kMaxPemBytes = 64 * 1024;

struct PemBlock {
  std::string label;       // "CERTIFICATE", "EC PRIVATE KEY", …
  bool encrypted = false;  // the DER is cipher text (RFC 1421 headers)
  std::string der;
};

/// The next block of `text`, which then stands after it; nothing when there is none or it is malformed.
[[nodiscard]] std::optional<PemBlock> read_pem(std::string_view& text);
[[nodiscard]] std::string write_pem(const char* label, std::string_view der);
/// Everything that was written to a memory BIO.
[[nodiscard]] std::string bio_text(BIO* bio);

}  // namespace firstlight::wire
