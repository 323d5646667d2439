#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/time.hpp"
#include "language/expectations.hpp"

namespace firstlight::language {

std::string_view latency_stage_name(LatencyStage stage) {
  return stage ? journal::stage_name(*stage) : "total";
}

std::string_view quantile_name(Quantile q) {
  switch (q) {
    case Quantile::p50:
      return "p50";
    case Quantile::p90:
      return "p90";
    case Quantile::p99:
      return "p99";
    case Quantile::max:
      return "max";
  }
  return "?";
}

std::string_view refused_by_name(RefusedBy by) {
  switch (by) {
    case RefusedBy::endorse:
      return "endorse";
    case RefusedBy::keys:
      return "keys";
    case RefusedBy::config_api:
      return "config_api";
    case RefusedBy::broker:
      return "broker";
    case RefusedBy::camera:
      return "camera";
  }
  return "?";
}

std::string_view backoff_kind_name(BackoffKind kind) {
  switch (kind) {
    case BackoffKind::none:
      return "none";
    case BackoffKind::constant:
      return "constant";
    case BackoffKind::linear:
      return "linear";
    case BackoffKind::exponential:
      return "exponential";
  }
  return "?";
}

namespace {

std::string text_of(const CameraSet& set) {
  if (set.kind == CameraSet::Kind::number) return fmt::format("{}", set.value);
  const auto whole = set.value / 100, hundredths = set.value % 100;
  if (hundredths == 0) return fmt::format("{}%", whole);
  return hundredths % 10 == 0 ? fmt::format("{}.{}%", whole, hundredths / 10)
                              : fmt::format("{}.{:02}%", whole, hundredths);
}

/// `{a: 1, b: 2}`, made key by key; members without a value are left out.
class MapText {
 public:
  MapText& add(std::string_view key, const std::string& value) {
    text_ += fmt::format("{}{}: {}", text_.empty() ? "" : ", ", key, value);
    return *this;
  }
  template <class T>
  MapText& add(std::string_view key, const std::optional<T>& value) {
    return value ? add(key, shown(*value)) : *this;
  }
  [[nodiscard]] std::string done() const { return "{" + text_ + "}"; }

 private:
  static std::string shown(Duration d) { return format_duration(d); }
  static std::string shown(std::uint32_t n) { return std::to_string(n); }
  static std::string shown(bool b) { return b ? "true" : "false"; }
  static std::string shown(journal::Stage s) { return std::string(journal::stage_name(s)); }
  static std::string shown(const CameraSet& s) { return text_of(s); }
  std::string text_;
};

/// A value of `where` as YAML reads it back: in quotes unless it is one plain word.
std::string scalar_text(const std::string& value) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  bool word = !value.empty();
  std::string quoted = "\"";
  for (const char c : value) {
    word = word && plain(c);
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  // A hyphen begins a list, unless a number follows at once.
  const bool number =
      value.size() > 1 && value[0] == '-' && value.find_first_not_of("0123456789", 1) == std::string::npos;
  return word && (value[0] != '-' || number) ? value : quoted + "\"";
}

void add_details(MapText& map, const EventPattern& pattern) {
  if (!pattern.service.empty()) map.add("to", pattern.service == "edge" ? "mqtt" : pattern.service);
  map.add("stage", pattern.stage).add("status", pattern.status);
  MapText where;
  for (const auto& [field, value] : pattern.where) where.add(field, scalar_text(value));
  if (!pattern.where.empty()) map.add("where", where.done());
}

std::string text_of(const EventPattern& pattern) {
  if (pattern == EventPattern{pattern.event, {}, {}, {}, {}}) return pattern.event;
  MapText map;
  map.add("event", pattern.event);
  add_details(map, pattern);
  return map.done();
}
std::string text_of(const Moment& moment) {
  const auto* pattern = std::get_if<EventPattern>(&moment);
  return pattern ? text_of(*pattern) : "faults";
}
std::string text_of(const WhichCameras& which) {
  if (const auto* numbers = std::get_if<CameraNumbers>(&which)) {
    const bool range = numbers->size() > 2 && numbers->back() - numbers->front() + 1 == numbers->size();
    return range ? fmt::format("{}..{}", numbers->front(), numbers->back())
                 : fmt::format("[{}]", fmt::join(*numbers, ", "));
  }
  if (const auto* faulted = std::get_if<FaultedCameras>(&which)) return faulted->faulted ? "faulted" : "healthy";
  return "all";
}

std::string text_of(const ExpectOnline& e) {
  return "online: " + MapText().add("cameras", text_of(e.cameras)).add("within", e.within).done();
}
std::string text_of(const ExpectLatency& e) {
  MapText map;
  map.add("stage", std::string(latency_stage_name(e.stage)));
  for (const auto& limit : e.limits)
    map.add(quantile_name(limit.quantile), fmt::format("\"< {}\"", format_duration(limit.below)));
  return "latency: " + map.done();
}
std::string text_of(const ExpectAttempts& e) {
  MapText map;
  if (!e.to.empty()) map.add("to", e.to);
  return "attempts: " + map.add("stage", e.stage).add("at_most", e.at_most).add("at_least", e.at_least).done();
}
std::string text_of(const ExpectRefused& e) {
  MapText map;
  map.add("by", std::string(refused_by_name(e.by))).add("reason", e.reason).add("stage", e.stage);
  return "refused: " + map.add("cameras", e.cameras).add("at_least", e.at_least).add("status", e.http_status).done();
}
std::string text_of(const ExpectNever& e) {
  MapText map;
  map.add("event", e.event.event);
  add_details(map, e.event);
  if (e.cameras != WhichCameras{}) map.add("cameras", text_of(e.cameras));
  if (e.after) map.add("after", text_of(*e.after));
  if (e.before) map.add("before", text_of(*e.before));
  return "never: " + map.done();
}
std::string text_of(const ExpectOrder& e) {
  std::vector<std::string> events;
  for (const auto& pattern : e.events) events.push_back(text_of(pattern));
  const auto list = fmt::format("[{}]", fmt::join(events, ", "));
  return "order: " + (e.cameras ? MapText().add("events", list).add("cameras", e.cameras).done() : list);
}
std::string text_of(const ExpectBackoff& e) {
  MapText map;
  if (e.kind) map.add("kind", std::string(backoff_kind_name(*e.kind)));
  map.add("jitter", e.jitter).add("at_least", e.at_least).add("at_most", e.at_most).add("stage", e.stage);
  map.add("honours_retry_after", e.honours_retry_after);
  if (e.resets) map.add("resets", *e.resets == ResetRule::stable ? "stable" : "connack");
  return "backoff: " + map.done();
}
std::string text_of(const ExpectRecovers& e) {
  return "recovers: " + MapText()
                            .add("cameras", text_of(e.cameras))
                            .add("within", format_duration(e.within))
                            .add("after", text_of(e.after))
                            .done();
}
std::string text_of(const ExpectStore& e) {
  MapText map;
  map.add("valid", e.valid).add("warm_boots", e.warm_boots).add("discarded", e.discarded);
  if (!e.reason.empty()) map.add("reason", e.reason);
  return "store: " + map.done();
}
std::string text_of(const ExpectNoSecretLeaked&) {
  return "no_secret_leaked: true";
}

}  // namespace

std::string expectation_text(const Expectation& expectation) {
  return std::visit([](const auto& check) { return text_of(check); }, expectation.check);
}

}  // namespace firstlight::language
