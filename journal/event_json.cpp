// The journal's JSON Lines form: written by hand for speed (thousands of events a second), read with nlohmann::json.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/utf8.hpp"
#include "journal/journal.hpp"

namespace firstlight::journal {

namespace {

void put_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (u < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", u);
    } else {
      out += c;
    }
  }
  out += '"';
}

struct Put {
  std::string& out;
  void key(std::string_view name) { fmt::format_to(std::back_inserter(out), ",\"{}\":", name); }
  void operator()(std::string_view name, const std::string& v) {
    if (v.empty()) return;
    key(name);
    if (is_utf8(v)) return put_string(out, v);
    // Text from devices may hold any byte: what is not UTF-8 would make the line unreadable, so it is read as Latin-1.
    out += '"';
    for (const char c : v) fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
    out += '"';
  }
  void operator()(std::string_view name, bool v) {
    key(name);
    out += v ? "true" : "false";
  }
  void operator()(std::string_view name, Stage v) {
    key(name);
    put_string(out, stage_name(v));
  }
  void operator()(std::string_view name, std::int64_t v) {
    key(name);
    fmt::format_to(std::back_inserter(out), "{}", v);
  }
  void operator()(std::string_view name, std::uint32_t v) {
    key(name);
    fmt::format_to(std::back_inserter(out), "{}", v);
  }
  void operator()(std::string_view name, const std::vector<std::string>& v) {
    key(name);
    out += '[';
    for (std::size_t i = 0; i < v.size(); ++i) {
      if (i > 0) out += ',';
      put_string(out, is_utf8(v[i]) ? v[i] : "[not UTF-8]");
    }
    out += ']';
  }
  void operator()(std::string_view name, const std::vector<std::uint32_t>& v) {
    key(name);
    fmt::format_to(std::back_inserter(out), "[{}]", fmt::join(v, ","));
  }
};

/// The largest number that the member may be, and the smallest, negated: of two of them the judge takes the difference,
/// and it makes nanoseconds of microseconds, without looking whether that overflows.
std::int64_t most_of(std::string_view member) {
  constexpr std::int64_t kNanoseconds = std::int64_t{1} << 61, kExactInJson = std::int64_t{1} << 53;  // 73 years
  if (member == "t" || member.ends_with("_ns")) return kNanoseconds;
  return member.ends_with("_us") ? kNanoseconds / 1000 : kExactInJson;
}

struct Get {
  const nlohmann::json& in;
  std::string wrong = {};

  template <class Check, class Set>
  void take(std::string_view name, Check check, Set set) {
    const auto it = in.find(name);
    if (it == in.end()) return;
    if (check(*it))
      set(*it);
    else
      wrong = name;
  }
  void operator()(std::string_view name, std::string& v) {
    take(
        name, [](auto& j) { return j.is_string(); }, [&](auto& j) { v = j.template get<std::string>(); });
  }
  void operator()(std::string_view name, bool& v) {
    take(
        name, [](auto& j) { return j.is_boolean(); }, [&](auto& j) { v = j.template get<bool>(); });
  }
  void operator()(std::string_view name, Stage& v) {
    const auto stage_of = [](auto& j) { return find_stage(j.template get<std::string>()); };
    take(
        name, [&](auto& j) { return j.is_string() && stage_of(j).has_value(); }, [&](auto& j) { v = *stage_of(j); });
  }
  void operator()(std::string_view name, std::int64_t& v) {
    const auto most = most_of(name);
    const auto fits = [most](auto& j) {
      if (j.is_number_unsigned()) return j.template get<std::uint64_t>() <= static_cast<std::uint64_t>(most);
      return j.is_number_integer() && j.template get<std::int64_t>() >= -most;
    };
    take(name, fits, [&](auto& j) { v = j.template get<std::int64_t>(); });
  }
  void operator()(std::string_view name, std::uint32_t& v) {
    take(
        name, [](auto& j) { return j.is_number_unsigned() && j.template get<std::uint64_t>() <= UINT32_MAX; },
        [&](auto& j) { v = j.template get<std::uint32_t>(); });
  }
  template <class T>
  void operator()(std::string_view name, std::vector<T>& v) {
    take(
        name, [](auto& j) { return j.is_array(); },
        [&](auto& j) {
          for (const auto& e : j) {
            if constexpr (std::is_same_v<T, std::string>) {
              if (!e.is_string()) wrong = name;
            } else if (!e.is_number_unsigned()) {
              wrong = name;
            }
            if (wrong.empty()) v.push_back(e.template get<T>());
          }
        });
  }
};

template <std::size_t I = 0>
std::optional<Payload> payload_named(std::string_view name) {
  if constexpr (I == std::variant_size_v<Payload>) {
    return {};
  } else {
    using Alternative = std::variant_alternative_t<I, Payload>;
    if (Alternative::kName == name) return Alternative{};
    return payload_named<I + 1>(name);
  }
}

std::optional<Source> source_named(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(Source::broker); ++i)
    if (source_name(static_cast<Source>(i)) == name) return static_cast<Source>(i);
  return {};
}

}  // namespace

std::string format_event(const Event& e) {
  std::string out =
      fmt::format(R"({{"t":{},"lane":{},"seq":{},"src":"{}")", e.t_ns, e.lane, e.sequence, source_name(e.source));
  if (e.camera != 0) fmt::format_to(std::back_inserter(out), ",\"cam\":{}", e.camera);
  if (!e.peer.empty()) fmt::format_to(std::back_inserter(out), ",\"peer\":\"{}\"", e.peer);
  fmt::format_to(std::back_inserter(out), ",\"ev\":\"{}\"", event_name(e.payload));
  std::visit([&](const auto& p) { std::remove_cvref_t<decltype(p)>::fields(p, Put{out}); }, e.payload);
  out += '}';
  return out;
}

result<std::optional<Event>> parse_event(const std::string& line) {
  const auto j = nlohmann::json::parse(line, nullptr, false);
  if (!j.is_object()) return Error(Errc::invalid_argument, "not a JSON object");
  Event e;
  Get get{j};
  std::string source, name;
  std::uint32_t lane = 0;
  get("t", e.t_ns), get("lane", lane), get("seq", e.sequence), get("src", source), get("cam", e.camera);
  get("peer", e.peer), get("ev", name);
  if (!get.wrong.empty())
    return Error(Errc::invalid_argument, "member \"" + get.wrong + "\" has the wrong type or is too large");
  if (name.empty()) return Error(Errc::invalid_argument, "no member \"ev\"");
  if (lane > UINT16_MAX) return Error(Errc::invalid_argument, "there is no lane " + std::to_string(lane));
  e.lane = static_cast<std::uint16_t>(lane);
  const auto from = source_named(source);
  auto payload = payload_named(name);
  if (!from || !payload) return std::optional<Event>();
  e.source = *from;
  std::visit([&](auto& p) { std::remove_cvref_t<decltype(p)>::fields(p, get); }, *payload);
  if (!get.wrong.empty())
    return Error(Errc::invalid_argument, "member \"" + get.wrong + "\" has the wrong type or is too large");
  e.payload = std::move(*payload);
  return std::optional<Event>(std::move(e));
}

}  // namespace firstlight::journal
