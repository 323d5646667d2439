// Rules as a scenario would give them, for tests of the points where they apply.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "fault/catalogue.hpp"
#include "fault/rule.hpp"

namespace firstlight::test {

using Given = std::vector<std::pair<std::string, std::string>>;

/// For all cameras; parameters that are not given have their fallback. The rule's id is the effect's name.
inline fault::Rule rule_of(const std::string& point, const std::string& effect, const Given& given = {},
                           fault::Attempts attempts = {}) {
  fault::Rule rule;
  rule.id = effect;
  rule.at = point;
  const auto* info = fault::find_point(point);
  if (info == nullptr) throw std::runtime_error("no point " + point);
  rule.points = info->points;
  rule.effect = info->find(effect);
  if (rule.effect == nullptr) throw std::runtime_error("no effect " + effect);
  for (const auto& parameter : rule.effect->parameters) {
    auto text = std::string(parameter.fallback);
    for (const auto& [name, value] : given)
      if (name == parameter.name) text = value;
    auto value = fault::parse_value(parameter, text);
    if (auto* usable = std::get_if<fault::Value>(&value))
      rule.arguments.set(parameter.name, *usable);
    else
      ADD_FAILURE() << effect << "." << parameter.name << ": " << std::get<fault::NoValue>(value).expected;
  }
  rule.attempts = attempts;
  return rule;
}
inline constexpr fault::Attempts kFirst{1, 1, 1};

/// The same with a window that opens at once: carried out at a moment.
inline fault::Rule scheduled(fault::Rule rule) {
  rule.between = fault::Window{};
  return rule;
}

}  // namespace firstlight::test
