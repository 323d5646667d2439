#include "language/suite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "decode/source_text.hpp"
#include "language/loader.hpp"

namespace firstlight::language {

namespace {

namespace fs = std::filesystem;

bool is_scenario_name(const fs::path& path) {
  const auto extension = path.extension();
  return extension == ".yaml" || extension == ".yml";
}

bool is_hidden(const fs::path& path) {
  return path.filename().string().front() == '.';
}

/// The scenario files below the folder, sorted by path.
std::vector<std::string> files_below(const fs::path& folder, std::error_code& error) {
  std::vector<std::string> files;
  fs::recursive_directory_iterator it(folder, error), end;
  while (!error && it != end) {
    std::error_code ignored;
    if (is_hidden(it->path()))
      it.disable_recursion_pending();
    else if (is_scenario_name(it->path()) && it->is_regular_file(ignored))
      files.push_back(it->path().string());
    it.increment(error);
  }
  std::sort(files.begin(), files.end());
  return files;
}

Diagnostic about(const std::string& path, std::string message) {
  return {path, {}, std::move(message), {}, {}};
}

class Collector {
 public:
  void add(const std::string& path) {
    std::error_code error;
    const auto status = fs::status(path, error);
    if (!fs::exists(status)) {
      diagnostics.push_back(about(path, "no such file or folder"));
    } else if (fs::is_directory(status)) {
      const auto found = files_below(path, error);
      if (error) diagnostics.push_back(about(path, "the folder cannot be read: " + error.message()));
      if (!error && found.empty()) diagnostics.push_back(about(path, "no scenario (*.yaml, *.yml) in this folder"));
      for (const auto& file : found) add_file(file);
    } else {
      add_file(path);
    }
  }

  std::vector<std::string> files;
  std::vector<Diagnostic> diagnostics;

 private:
  void add_file(const std::string& path) {
    std::error_code error;
    const auto real = fs::weakly_canonical(path, error);
    if (seen_.insert(error ? path : real.string()).second) files.push_back(path);
  }
  std::set<std::string> seen_;
};

bool has_any(const std::vector<std::string>& tags, const std::vector<std::string>& wanted) {
  return std::any_of(wanted.begin(), wanted.end(),
                     [&](const auto& tag) { return std::find(tags.begin(), tags.end(), tag) != tags.end(); });
}

bool selects(const SuiteFilter& filter, const Scenario& scenario) {
  if (!filter.tags.empty() && !has_any(scenario.tags, filter.tags)) return false;
  return !has_any(scenario.tags, filter.exclude_tags);
}

Diagnostic same_name(const Scenario& scenario, const std::string& other_file) {
  const SourceText source(scenario.source);
  return {scenario.file, scenario.name_at, fmt::format("{} is called \"{}\" as well", other_file, scenario.name),
          std::string(source.line(scenario.name_at.line)), "each scenario of a run needs a name of its own"};
}

}  // namespace

Suite load_suite(const std::vector<std::string>& paths, const Vocabulary& vocabulary, const SuiteFilter& filter) {
  Collector collector;
  for (const auto& path : paths) collector.add(path);
  Suite suite;
  suite.diagnostics = std::move(collector.diagnostics);
  std::map<std::string, std::string> file_of;  // by the scenario's name
  for (const auto& file : collector.files) {
    auto loaded = load_scenario_file(file, vocabulary);
    for (auto& diagnostic : loaded.diagnostics) suite.diagnostics.push_back(std::move(diagnostic));
    if (!loaded) continue;
    auto& scenario = *loaded.scenario;
    const auto [known, is_new] = file_of.emplace(scenario.name, file);
    if (!is_new) suite.diagnostics.push_back(same_name(scenario, known->second));
    if (!selects(filter, scenario))
      ++suite.deselected;
    else if (filter.part && !filter.part->has(scenario.name))
      ++suite.other_parts;
    else
      suite.scenarios.push_back(std::move(scenario));
  }
  return suite;
}

}  // namespace firstlight::language
