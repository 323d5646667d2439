// Options that several verbs share, and checks of values.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "harness/cli/cli.hpp"

namespace firstlight::harness::cli {

namespace {

std::optional<std::uint64_t> decimal(const std::string& text) {
  std::uint64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  const bool octal = text.size() > 1 && text.front() == '0';
  if (read.ec != std::errc{} || read.ptr != end || octal) return {};
  return value;
}

bool is_address(const std::string& text) {
  in6_addr ignored{};
  return ::inet_pton(AF_INET, text.c_str(), &ignored) == 1 || ::inet_pton(AF_INET6, text.c_str(), &ignored) == 1;
}

/// Labels of letters, digits, hyphens and underscores, between single dots (RFC 1123; many a private network has
/// underscores).
bool is_dns_name(std::string_view text) {
  constexpr std::size_t kLongestName = 253, kLongestLabel = 63;
  if (text.empty() || text.size() > kLongestName) return false;
  std::size_t label = 0;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (c == '.' ? label == 0 : !letter && c != '-' && c != '_') return false;
    label = c == '.' ? 0 : label + 1;
    if (label > kLongestLabel) return false;
  }
  return label > 0;
}

std::string wrong_defect(const std::string& name) {
  if (fault::find_defect(name)) return {};
  std::vector<std::string_view> names;
  for (const auto& defect : fault::all_defects()) names.push_back(defect.name);
  return fmt::format("there is no defect \"{}\"{} (docs/firmware-defects.md has them all)", name,
                     did_you_mean(name, names));
}

}  // namespace

CLI::Option* repeatable(CLI::Option* option) {
  return option->allow_extra_args(false);
}

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  const auto check = [least, most](std::string& text) {
    const auto value = decimal(text);
    if (value && *value >= least && *value <= most) return std::string();
    return fmt::format("\"{}\" is no number from {} to {}; write decimal digits alone", text, least, most);
  };
  return CLI::Validator(check, "");
}

CLI::Validator not_empty() {
  return CLI::Validator([](std::string& text) { return std::string(text.empty() ? "the value is empty" : ""); }, "");
}

CLI::Validator host_name(Wildcard wildcard) {
  const auto check = [wildcard](std::string& text) {
    const bool starred = wildcard == Wildcard::allowed && text.starts_with("*.");
    const auto name = starred ? std::string_view(text).substr(2) : std::string_view(text);
    return is_address(text) || is_dns_name(name) ? std::string()
                                                 : fmt::format("\"{}\" is neither a host's name nor an address", text);
  };
  return CLI::Validator(check, "");
}

CLI::Option* add_seed_option(CLI::App& verb, std::optional<std::uint64_t>& target, const std::string& help) {
  return verb
      .add_option_function<std::string>(
          "--seed", [&target](const std::string& text) { target = decimal(text); }, help)
      ->type_name("N")
      ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()));
}

void add_suite_part_option(CLI::App& verb, std::optional<language::SuitePart>& target) {
  verb.add_option_function<std::string>(
          "--shard", [&target](const std::string& text) { target = language::parse_suite_part(text); },
          "Only the scenarios of this part, such as 2/3 (by a hash of their names; see merge)")
      ->type_name("I/N")
      ->check([](const std::string& text) {
        return language::parse_suite_part(text)
                   ? std::string()
                   : "\"" + text + "\" is no part of a suite; write 2/3 for the second of three";
      });
}

void add_defect_option(CLI::App& verb, fault::DefectSet& target) {
  const auto set = [&target](const std::vector<std::string>& given) {
    for (const auto& name : given) target.add(*fault::find_defect(name));
  };
  // Without the long list of names in the help.
  repeatable(verb.add_option_function<std::vector<std::string>>(
                 "--defect", set, "Give the simulated cameras a bug (docs/firmware-defects.md); may be repeated"))
      ->type_name("NAME")
      ->check(wrong_defect);
}

}  // namespace firstlight::harness::cli
