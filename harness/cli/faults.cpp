// The verb `faults`: prints the catalogue.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "base/time.hpp"
#include "fault/catalogue.hpp"
#include "harness/cli/cli.hpp"

namespace firstlight::harness::cli {

namespace {

using fault::EffectInfo;
using fault::Kind;
using fault::Parameter;

std::string bound(const Parameter& p, std::int64_t value) {
  if (p.kind == Kind::duration) return format_duration(Duration(value));
  return fmt::format("{}{}", value, p.kind == Kind::bytes ? "B" : "");
}

/// "duration, at least 1us", "one of at-once, before-tls", "integer, 200 to 599".
std::string unit_text(const Parameter& p) {
  if (p.kind == Kind::choice) return fmt::format("one of {}", fmt::join(p.choices, ", "));
  std::string text(fault::kind_name(p.kind));
  if (p.least < 0 && p.most == INT64_MAX) return text + ", may be negative";
  if (p.most != INT64_MAX) return text + fmt::format(", {} to {}", bound(p, p.least), bound(p, p.most));
  if (p.least > 0) return text + ", at least " + bound(p, p.least);
  return text;
}

std::string_view moment_text(fault::Moment moment) {
  switch (moment) {
    case fault::Moment::attempt:
      return "by attempt";
    case fault::Moment::scheduled:
      return "at a moment";
    case fault::Moment::either:
      return "by attempt, or at a moment";
    case fault::Moment::window:
      return "for a window";
  }
  return "?";
}

void print_effect(const EffectInfo& effect) {
  print_to(stdout, "    {:<20}  {} [{}]\n", effect.name, effect.summary, moment_text(effect.moment));
  for (const auto& p : effect.parameters) {
    const auto given = p.fallback.empty() ? std::string("required") : fmt::format("default {}", p.fallback);
    print_to(stdout, "        {:<14}  {} ({}; {})\n", p.name, p.summary, unit_text(p), given);
  }
}

using Points = std::vector<fault::PointInfo>;

/// All points, or the one that is asked for. Throws UsageError when there is none of that name.
Points points(const std::string& only) {
  Points found;
  std::vector<std::string_view> names;
  for (const auto& point : fault::catalogue()) {
    names.push_back(point.name);
    if (only.empty() || point.name == only) found.push_back(point);
  }
  if (!found.empty()) return found;
  throw UsageError(
      fmt::format("there is no fault point \"{}\"{} (`firstlight faults` lists all)", only, did_you_mean(only, names)));
}

int print_text(const Points& points) {
  std::set<const void*> printed;
  for (const auto& point : points) {
    print_to(stdout, "{}  (an attempt: {})\n  {}\n", point.name, point.counts, point.summary);
    if (printed.insert(point.effects).second)
      for (const auto* effect : *point.effects) print_effect(*effect);
    else
      print_to(stdout, "    as above\n");
    print_to(stdout, "\n");
  }
  return kOk;
}

int print_json(const Points& points) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const auto& point : points) {
    nlohmann::ordered_json effects = nlohmann::ordered_json::array();
    for (const auto* effect : *point.effects) {
      nlohmann::ordered_json parameters = nlohmann::ordered_json::array();
      for (const auto& p : effect->parameters) {
        parameters.push_back({{"name", p.name}, {"unit", unit_text(p)}, {"summary", p.summary}});
        if (!p.fallback.empty()) parameters.back()["default"] = p.fallback;
      }
      effects.push_back({{"name", effect->name},
                         {"summary", effect->summary},
                         {"moment", moment_text(effect->moment)},
                         {"parameters", std::move(parameters)}});
    }
    all.push_back({{"point", point.name},
                   {"attempt", point.counts},
                   {"summary", point.summary},
                   {"effects", std::move(effects)}});
  }
  print_to(stdout, "{}\n", nlohmann::ordered_json{{"schema_version", 1}, {"points", std::move(all)}}.dump(2));
  return kOk;
}

// -- the page docs/fault-catalogue.md -----------------------------------------------------------------------------

constexpr std::size_t kColumns = 100;

/// A paragraph or an item of a list, broken at spaces; `indent` stands before every line but the first.
std::string wrapped(std::string text, std::string_view indent) {
  std::string out;
  while (text.size() > kColumns) {
    const auto space = text.rfind(' ', kColumns);
    if (space == std::string::npos || space <= indent.size()) break;  // a word that is longer than a line
    out += text.substr(0, space) + '\n';
    text = std::string(indent) + text.substr(space + 1);
  }
  return out + text + '\n';
}

std::string markdown_of(const EffectInfo& effect) {
  const auto moment = effect.moment == fault::Moment::attempt ? "" : fmt::format(" ({})", moment_text(effect.moment));
  auto text = wrapped(fmt::format("- `{}`{}: {}", effect.name, moment, effect.summary), "  ");
  for (const auto& p : effect.parameters) {
    const auto given = p.fallback.empty() ? std::string("required") : fmt::format("default `{}`", p.fallback);
    text += wrapped(fmt::format("  - `{}` ({}; {}): {}", p.name, unit_text(p), given, p.summary), "    ");
  }
  return text;
}

int print_markdown(const Points& points) {
  print_to(stdout, "{}",
           "# The catalogue of faults\n\n"
           "Written by `tools/regenerate` from the program; `firstlight faults` prints the same. The rules of\n"
           "[scenarios](scenarios.md) name a point and an effect; [one file](adding-a-fault.md) adds a fault.\n"
           "Effects act by attempt unless their line says otherwise.\n");
  std::set<const void*> printed;
  for (const auto& point : points) {
    if (!printed.insert(point.effects).second) continue;
    std::vector<std::string_view> names;
    for (const auto& other : points)
      if (other.effects == point.effects) names.push_back(other.name);
    print_to(stdout, "\n## `{}`\n\n{}", fmt::join(names, "`, `"),
             wrapped(fmt::format("{} An attempt: {}.", point.summary, point.counts), ""));
    print_to(stdout, "\n");
    for (const auto* effect : *point.effects) print_to(stdout, "{}", markdown_of(*effect));
  }
  return kOk;
}

}  // namespace

Action add_faults(CLI::App& app) {
  auto* verb = app.add_subcommand("faults", "List the fault points, what can be injected there, parameters and units");
  auto point = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  verb->add_option("point", *point, "Only this point");
  verb->add_flag("--json", *json, "As JSON");
  auto markdown = std::make_shared<bool>(false);
  verb->add_flag("--markdown", *markdown, "As a page: docs/fault-catalogue.md")->excludes("--json");
  return [point, json, markdown] {
    const auto chosen = points(*point);
    return *json ? print_json(chosen) : *markdown ? print_markdown(chosen) : print_text(chosen);
  };
}

}  // namespace firstlight::harness::cli
