#include <fmt/format.h>

#include "wire/mqtt.hpp"
#include "wire/mqtt_bytes.hpp"

namespace firstlight::wire::mqtt {

namespace {

constexpr std::string_view kShare = "$share/";

/// The next level of a topic; `rest` then stands after its '/', or is finished.
struct Levels {
  std::string_view rest;
  bool finished = false;
  std::string_view next() {
    const auto slash = rest.find('/');
    const auto level = rest.substr(0, slash);
    finished = slash == std::string_view::npos;
    rest.remove_prefix(finished ? rest.size() : slash + 1);
    return level;
  }
};

bool is_plain_filter(std::string_view filter) {
  if (filter.empty()) return false;
  Levels levels{filter};
  while (!levels.finished) {
    const auto level = levels.next();
    if (level.find_first_of("+#") == std::string_view::npos) continue;
    if (level.size() != 1 || (level == "#" && !levels.finished)) return false;
  }
  return true;
}

/// A shared subscription's own filter: "$share/<name>/<filter>" (§4.8.2).
std::string_view without_share(std::string_view filter) {
  if (!filter.starts_with(kShare)) return filter;
  const auto slash = filter.find('/', kShare.size());
  return slash == std::string_view::npos ? std::string_view{} : filter.substr(slash + 1);
}

}  // namespace

bool is_valid_filter(std::string_view filter) {
  if (filter.size() > 0xffff || !is_valid_utf8(filter)) return false;
  if (!filter.starts_with(kShare)) return is_plain_filter(filter);
  const auto name = filter.substr(kShare.size(), filter.find('/', kShare.size()) - kShare.size());
  return !name.empty() && name.find_first_of("+#") == std::string_view::npos && is_plain_filter(without_share(filter));
}

bool is_valid_topic(std::string_view topic) {
  return !topic.empty() && topic.size() <= 0xffff && topic.find_first_of("+#") == std::string_view::npos &&
         is_valid_utf8(topic);
}

bool filter_matches(std::string_view filter, std::string_view topic) {
  filter = without_share(filter);
  if (filter.empty() || topic.empty()) return false;
  if (topic.front() == '$' && (filter.front() == '+' || filter.front() == '#')) return false;  // [MQTT-4.7.2-1]
  Levels filters{filter};
  Levels topics{topic};
  while (!filters.finished) {
    const auto level = filters.next();
    if (level == "#") return true;  // also the parent level itself
    if (topics.finished) return false;
    if (const auto name = topics.next(); level != "+" && level != name) return false;
    if (topics.finished && filters.rest == "#" && !filters.finished) return true;
  }
  return topics.finished;
}

std::string describe_connack(std::uint8_t code, Version version) {
  struct Meaning {
    std::uint8_t code;
    std::string_view text;
  };
  static constexpr Meaning kV3[] = {{0, "Connection accepted"},       {1, "Unacceptable protocol version"},
                                    {2, "Identifier rejected"},       {3, "Server unavailable"},
                                    {4, "Bad user name or password"}, {5, "Not authorized"}};
  static constexpr Meaning kV5[] = {{0x00, "Success"},
                                    {0x80, "Unspecified error"},
                                    {0x81, "Malformed Packet"},
                                    {0x82, "Protocol Error"},
                                    {0x83, "Implementation specific error"},
                                    {0x84, "Unsupported Protocol Version"},
                                    {0x85, "Client Identifier not valid"},
                                    {0x86, "Bad User Name or Password"},
                                    {0x87, "Not authorized"},
                                    {0x88, "Server unavailable"},
                                    {0x89, "Server busy"},
                                    {0x8A, "Banned"},
                                    {0x8B, "Server shutting down"},
                                    {0x8C, "Bad authentication method"},
                                    {0x8D, "Keep Alive timeout"},
                                    {0x8E, "Session taken over"},
                                    {0x8F, "Topic Filter invalid"},
                                    {0x90, "Topic Name invalid"},
                                    {0x93, "Receive Maximum exceeded"},
                                    {0x94, "Topic Alias invalid"},
                                    {0x95, "Packet too large"},
                                    {0x96, "Message rate too high"},
                                    {0x97, "Quota exceeded"},
                                    {0x98, "Administrative action"},
                                    {0x99, "Payload format invalid"},
                                    {0x9A, "Retain not supported"},
                                    {0x9B, "QoS not supported"},
                                    {0x9C, "Use another server"},
                                    {0x9D, "Server moved"},
                                    {0x9E, "Shared Subscriptions not supported"},
                                    {0x9F, "Connection rate exceeded"},
                                    {0xA0, "Maximum connect time"},
                                    {0xA1, "Subscription Identifiers not supported"},
                                    {0xA2, "Wildcard Subscriptions not supported"}};
  const auto describe = [code](const auto& table) {
    for (const auto& meaning : table)
      if (meaning.code == code) return fmt::format("{} (0x{:02x})", meaning.text, code);
    return fmt::format("unknown code (0x{:02x})", code);
  };
  return version == Version::v5 ? describe(kV5) : describe(kV3);
}

}  // namespace firstlight::wire::mqtt
