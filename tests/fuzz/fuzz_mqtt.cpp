// MQTT: framing and decoding never crash in either version, and what decodes can be encoded, decodes again, and is then
// stable to the byte. The first byte of the input chooses the version.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "wire/mqtt.hpp"

using namespace firstlight::wire::mqtt;

namespace {

void require(bool good) {
  if (!good) std::abort();
}

Packet decode_whole(const std::string& bytes, Version version) {
  const auto frame = next_frame(bytes, 1 << 20);
  require(frame.has_value() && frame->has_value() && (*frame)->total_bytes == bytes.size());
  auto packet = decode(**frame, version);
  require(packet.has_value());
  return std::move(*packet);
}

void one_stream(std::string_view bytes, Version version) {
  while (!bytes.empty()) {
    const auto frame = next_frame(bytes, 1 << 16);
    if (!frame || !*frame) return;
    require((*frame)->total_bytes <= bytes.size() && (*frame)->total_bytes <= 1 << 16);
    if (const auto packet = decode(**frame, version)) {
      if (const auto* connect = std::get_if<Connect>(&*packet)) version = connect->version;
      const auto encoded = encode(*packet, version);
      require(encode(decode_whole(encoded, version), version) == encoded);
    }
    bytes.remove_prefix((*frame)->total_bytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  one_stream(bytes, data[0] % 2 == 0 ? Version::v3_1_1 : Version::v5);
  const auto half = bytes.size() / 2;
  const auto filter = bytes.substr(0, half), topic = bytes.substr(half);
  if (filter_matches(filter, topic) && is_valid_topic(topic) && is_valid_topic(filter) &&
      !filter.starts_with("$share/"))
    require(filter == topic);  // without wildcards only a topic itself matches
  static_cast<void>(is_valid_filter(bytes));
  return 0;
}
