// Well-formedness of UTF-8 (RFC 3629): used wherever bytes of a peer become text.
#pragma once

#include <string_view>

namespace firstlight {

/// No overlong forms, no surrogates, nothing above U+10FFFF. U+0000 is well-formed here.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace firstlight
