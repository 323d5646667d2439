// Text of devices made safe for one format each: a device may send any byte. Used by the report formats.
#pragma once

#include <string>
#include <string_view>

namespace firstlight::reports {

/// Well-formed UTF-8: each byte that belongs to no character becomes '?'.
[[nodiscard]] std::string clean_utf8(std::string_view text);
/// Must not drive a terminal: control characters become '?', line ends become spaces.
[[nodiscard]] std::string printable(std::string_view text);
/// The content of an XML 1.0 element: &, < and > as entities, line ends kept; what XML 1.0 cannot hold becomes '?'.
[[nodiscard]] std::string xml_content(std::string_view text);
/// The value of an XML 1.0 attribute between double quotes: as the content, and line ends as references.
[[nodiscard]] std::string xml_attribute(std::string_view text);

}  // namespace firstlight::reports
