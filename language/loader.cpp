#include "language/loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace firstlight::language {

namespace {

constexpr std::size_t kMostDiagnostics = 50;

/// What an anchor stands for is read once for every alias, and is reported once.
void drop_repeated(std::vector<DecodeError>& errors, const SourceText& source) {
  const auto same = [&](const auto& a, const auto& b) {
    return a.message == b.message && source.position(a.offset) == source.position(b.offset);
  };
  errors.erase(std::unique(errors.begin(), errors.end(), same), errors.end());
}

std::vector<Diagnostic> to_diagnostics(std::vector<DecodeError> errors, const SourceText& source,
                                       const std::string& file) {
  std::stable_sort(errors.begin(), errors.end(), [](const auto& a, const auto& b) { return a.offset < b.offset; });
  drop_repeated(errors, source);
  std::vector<Diagnostic> diagnostics;
  for (const auto& m : errors) {
    if (diagnostics.size() == kMostDiagnostics) break;
    const auto at = source.position(m.offset);
    diagnostics.push_back({file, at, m.message, std::string(source.line(at.line)), m.hint});
  }
  if (errors.size() > diagnostics.size())
    diagnostics.push_back({file, {}, fmt::format("only the first {} mistakes are shown", kMostDiagnostics), {}, {}});
  return diagnostics;
}

LoadResult whole_file(const std::string& file, std::string message, std::string hint = {}) {
  return {{}, {{file, {}, std::move(message), {}, std::move(hint)}}};
}

LoadResult load(std::string_view text, const std::string& file, const Vocabulary& vocabulary) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.size() > kMaxScenarioBytes)
    return whole_file(file,
                      fmt::format("the file is larger than {} bytes, the most that a scenario has", kMaxScenarioBytes));
  const auto body = text.substr(0, 3) == kByteOrderMark ? text.substr(3) : text;
  const SourceText source(body);
  const auto document = parse_document(source);
  if (!document.errors.empty()) return {{}, to_diagnostics(document.errors, source, file)};
  if (!document.root || document.root->kind == Node::Kind::null)
    return whole_file(file, "the file is empty; a scenario needs at least name, summary, timeout, cameras and expect");

  DecodeContext context(source);
  Scenario scenario;
  if (!vocabulary.scenario().read(context, *document.root, scenario) || !context.errors().empty())
    return {{}, to_diagnostics(context.errors(), source, file)};
  scenario.file = file;
  scenario.source = std::string(text);
  return {std::move(scenario), {}};
}

/// The file's bytes, one more than the limit at most; nothing when it cannot be read (errno says why).
std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return {};
  std::string text(kMaxScenarioBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return {};
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

/// Reads the template that the scenario names into it; what is wrong with it, or empty.
std::string read_template(Scenario& scenario) {
  auto& wanted = scenario.lab.config_template;
  const auto path = (std::filesystem::path(scenario.file).parent_path() / wanted.path).string();
  const auto text = read_file(path);
  if (!text || std::filesystem::is_directory(path)) return fmt::format("{} cannot be read", path);
  if (text->size() > kMaxScenarioBytes) return fmt::format("{} is larger than {} bytes", path, kMaxScenarioBytes);
  const auto json = Json::parse(*text, nullptr, false);
  if (!json.is_object()) return fmt::format("{} is not a JSON object", path);
  wanted.json = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return {};
}

}  // namespace

LoadResult load_scenario(std::string_view text, const std::string& file_name, const Vocabulary& vocabulary) {
  try {
    return load(text, file_name, vocabulary);
  } catch (const std::exception& e) {  // out of memory; nothing else is known to throw
    return whole_file(file_name, std::string("the scenario cannot be read: ") + e.what());
  }
}

LoadResult load_scenario_file(const std::string& path, const Vocabulary& vocabulary) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return whole_file(path, "this is a folder, not a scenario");
  errno = 0;
  const auto text = read_file(path);
  if (!text) return whole_file(path, fmt::format("the file cannot be read: {}", std::strerror(errno)));
  auto loaded = load_scenario(*text, path, vocabulary);
  if (!loaded.scenario || loaded.scenario->lab.config_template.path.empty()) return loaded;
  const auto at = loaded.scenario->lab.config_template.at;
  auto problem = read_template(*loaded.scenario);
  if (problem.empty()) return loaded;
  const SourceText source(loaded.scenario->source);
  return {{}, {{path, at, "config_template: " + problem, std::string(source.line(at.line)), {}}}};
}

std::string scenario_schema(const Vocabulary& vocabulary) {
  Json schema;
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "firstlight scenario";
  schema["description"] = "Printed by `firstlight schema`. One YAML file is one scenario.";
  for (const auto& [key, value] : vocabulary.scenario().schema.items()) schema[key] = value;
  return schema.dump(2) + "\n";
}

}  // namespace firstlight::language
