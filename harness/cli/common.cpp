#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/cli/cli.hpp"

namespace firstlight::harness::cli {

namespace {

namespace fs = std::filesystem;

/// Why nobody can write a file of this name; empty: it can be written, as far as one can know beforehand.
std::string why_not_writable(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return "this is a folder";
  if (fs::exists(path, ignored)) return ::access(path.c_str(), W_OK) == 0 ? "" : std::strerror(errno);
  const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::error_code error;
  const auto status = fs::status(folder, error);
  if (status.type() == fs::file_type::not_found) return "its folder does not exist";
  if (error) return error.message();
  if (!fs::is_directory(status)) return folder.string() + " is no folder";
  return ::access(folder.c_str(), W_OK | X_OK) == 0 ? "" : std::strerror(errno);
}

}  // namespace

void complain(const std::string& message) {
  print_to(stderr, "firstlight: {}\n", message);
}

std::string did_you_mean(std::string_view written, const std::vector<std::string_view>& names) {
  const auto name = decode::nearest(written, names);
  return name.empty() ? "" : fmt::format("; did you mean \"{}\"?", name);
}

bool complain_about(const std::vector<decode::Diagnostic>& diagnostics) {
  if (diagnostics.empty()) return false;
  write_to(stderr, render(diagnostics));
  complain(fmt::format("{} mistake{} found; nothing was run", diagnostics.size(), diagnostics.size() == 1 ? "" : "s"));
  return true;
}

std::string read_whole_file(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) throw UsageError(path + ": this is a folder, not a file");
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  if (in && in.peek() != std::ifstream::traits_type::eof()) text << in.rdbuf();  // nothing at all would count as failed
  if (in.bad() || !text || (!in && !in.eof())) throw UsageError(path + ": cannot be read: " + std::strerror(errno));
  return text.str();
}

void check_report_path(const std::string& path) {
  if (path.empty() || path == "-") return;
  if (const auto why = why_not_writable(path); !why.empty())
    throw UsageError(fmt::format("{}: no report can be written there: {}", path, why));
}

bool write_report(const std::string& path, const std::string& text) {
  if (path == "-") {
    write_to(stdout, text);  // what standard output did not take is main's matter
    return true;
  }
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file) return true;
  complain(fmt::format("{}: the report cannot be written: {}", path, std::strerror(errno)));
  return false;
}

}  // namespace firstlight::harness::cli
