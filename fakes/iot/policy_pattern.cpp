#include "fakes/iot/policy.hpp"

namespace firstlight::fakes::iot {

void Pattern::add(Unit unit) {
  if (parts_.empty() || parts_.back().what != Part::What::units) parts_.push_back({});
  parts_.back().units.push_back(unit);
}

result<Pattern> Pattern::compile(std::string_view text) {
  Pattern pattern;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*') {
      pattern.add({Kind::any_many, 0});
    } else if (text[i] == '?') {
      pattern.add({Kind::any_one, 0});
    } else if (text[i] != '$' || i + 1 >= text.size() || text[i + 1] != '{') {
      pattern.add({Kind::literal, text[i]});
    } else {
      const auto end = text.find('}', i);
      if (end == std::string_view::npos) return Error(Errc::invalid_argument, "a policy variable lacks its }");
      const auto name = text.substr(i + 2, end - i - 2);
      if (name == "*" || name == "?" || name == "$")
        pattern.add({Kind::literal, name.front()});
      else if (name == "iot:ClientId")
        pattern.parts_.push_back({Part::What::client_id});
      else if (name == "iot:Connection.Thing.ThingName")
        pattern.parts_.push_back({Part::What::thing_name});
      else
        return Error(Errc::invalid_argument, "policy variable ${" + std::string(name) + "} is not supported");
      i = end;
    }
  }
  return pattern;
}

bool Pattern::expand(const PolicyContext& context, std::vector<Unit>& out) const {
  for (const auto& part : parts_) {
    if (part.what == Part::What::units) {
      out.insert(out.end(), part.units.begin(), part.units.end());
      continue;
    }
    const auto value = part.what == Part::What::client_id ? context.client_id : context.thing_name;
    if (value.empty()) return false;
    for (const char c : value) out.push_back({Kind::literal, c});
  }
  return true;
}

bool Pattern::matches(std::string_view text, const PolicyContext& context) const {
  if (parts_.empty()) return text.empty();
  if (parts_.size() == 1 && parts_.front().what == Part::What::units) return match_units(parts_.front().units, text);
  std::vector<Unit> expanded;
  return expand(context, expanded) && match_units(expanded, text);
}

bool Pattern::match_units(const std::vector<Unit>& pattern, std::string_view text) {
  constexpr auto kNone = static_cast<std::size_t>(-1);
  std::size_t p = 0, t = 0, star = kNone, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p].kind == Kind::any_many) {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p].kind == Kind::any_one || pattern[p].c == text[t])) {
      ++p;
      ++t;
    } else if (star != kNone) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p].kind == Kind::any_many) ++p;
  return p == pattern.size();
}

}  // namespace firstlight::fakes::iot
