// The journal's words as a scenario writes them: stages and the names of errors. Used by the expectations.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "decode/values.hpp"
#include "journal/event.hpp"
#include "language/parts.hpp"

namespace firstlight::language {

[[nodiscard]] std::vector<Word<journal::Stage>> stage_words();

/// An error's name with hyphens or underscores.
[[nodiscard]] Decoder<std::string> error_name_decoder();
/// The same, or `http-403` and the like.
[[nodiscard]] Decoder<std::string> refusal_reason_decoder();
/// 403 of `http-403`; 0 for anything else.
[[nodiscard]] std::uint32_t http_reason(std::string_view reason);

}  // namespace firstlight::language
