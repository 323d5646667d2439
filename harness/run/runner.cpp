#include "harness/run/runner.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <random>
#include <thread>

#include "base/error.hpp"
#include "harness/run/bookkeeping.hpp"
#include "harness/run/interrupt.hpp"
#include "harness/run/pool.hpp"

namespace firstlight::harness {

namespace {

std::string now_text() {
  return format_rfc3339(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()), true);
}

}  // namespace

std::uint64_t draw_run_seed() {
  std::random_device device;
  return device() % 1'000'000'000U;  // short enough to be typed
}

RunFolder make_run_folder(const std::string& out) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  std::error_code error, ignored;
  std::filesystem::create_directories(out, error);
  if (error && !std::filesystem::is_directory(out, ignored))
    throw ErrorException(Error(Errc::io_error, out + ": " + error.message()));
  for (int n = 0; n < 1000; ++n) {
    std::string id;
    for (const char c : format_rfc3339(now).substr(0, 19))
      if (c != '-' && c != ':') id += c == 'T' ? '-' : c;
    if (n > 0) id += fmt::format("-{}", n + 1);
    const auto path = out + "/" + id;
    if (::mkdir(path.c_str(), 0755) == 0) return {id, path};
    if (errno != EEXIST) throw ErrorException(Error(Errc::io_error, path + ": " + std::strerror(errno)));
  }
  throw ErrorException(Error(Errc::io_error, out + ": too many runs within one second"));
}

unsigned jobs_of(const RunOptions& options, std::size_t plays) {
  constexpr unsigned kPerCore = 2;  // a scenario waits most of its time
  const auto wanted = options.jobs > 0 ? options.jobs : kPerCore * std::max(1U, std::thread::hardware_concurrency());
  return static_cast<unsigned>(std::clamp<std::size_t>(plays, 1, wanted));
}

reports::RunReport run_suite(const std::vector<language::Scenario>& scenarios, std::uint64_t run_seed,
                             const RunFolder& folder, const RunOptions& options) {
  RunContext run{folder, run_seed, now_text(), options, {}};
  const auto start = SteadyClock::now();
  const auto stretched = with_stretched_timeouts(scenarios, options.timeout_multiplier);
  reports::RunReport report;
  report.id = folder.id;
  report.seed = run_seed;
  report.version = FIRSTLIGHT_VERSION;
  report.started_at = run.started_at;
  report.flaky_fails = options.flaky_fails;
  report.timeout_multiplier = options.timeout_multiplier;
  report.part = options.part ? options.part->text() : "";
  auto plays = make_plays(stretched, run_seed, options);
  run.keys = make_keys(plays);
  report.scenarios = Pool(run, std::move(plays)).run();
  report.interrupted = Interrupt::raised();
  report.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - start).count();
  return report;
}

}  // namespace firstlight::harness
