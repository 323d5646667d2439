#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <map>
#include <sstream>

#include "base/crypto.hpp"
#include "base/error.hpp"
#include "harness/cli/cli.hpp"
#include "harness/run/interrupt.hpp"
#include "judge/verdict.hpp"

using namespace firstlight;
using namespace firstlight::harness;

namespace {

using Actions = std::map<std::string, cli::Action, std::less<>>;

Actions add_verbs(CLI::App& app) {
  Actions actions;
  actions["run"] = cli::add_run(app);
  actions["list"] = cli::add_list(app);
  actions["check"] = cli::add_check(app);
  actions["schema"] = cli::add_schema(app);
  actions["prove"] = cli::add_prove(app);
  actions["faults"] = cli::add_faults(app);
  actions["lab"] = cli::add_lab(app);
  actions["camera"] = cli::add_camera(app);
  actions["judge"] = cli::add_judge(app);
  actions["merge"] = cli::add_merge(app);
  actions["play-one"] = cli::add_play_one(app);
  return actions;
}

/// CLI11 would only say that a verb is missing.
void reject_unknown_verb(std::string_view word, const Actions& actions) {
  if (word.starts_with('-') || actions.contains(word)) return;
  std::vector<std::string_view> verbs;
  for (const auto& [name, action] : actions)
    if (name != "play-one") verbs.emplace_back(name);
  throw cli::UsageError(
      fmt::format("there is no verb \"{}\"{} (--help lists them)", word, cli::did_you_mean(word, verbs)));
}

int dispatch(int argc, char** argv) {
  CLI::App app("firstlight: a lab and test harness for the provisioning of cameras", "firstlight");
  app.set_version_flag("--version", FIRSTLIGHT_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 all passed, 1 failed, 2 interrupted, 3 a bug of firstlight, 4 usage or scenario error,\n"
      "5 nothing selected or all skipped, 10 infrastructure, 11 only thresholds breached, 12 inconclusive,\n"
      "13 only flaky, with --flaky=fail. When several apply, the first of 4, 3, 2, 1, 10, 11, 12, 13, 5.");
  const auto actions = add_verbs(app);
  if (argc > 1) reject_unknown_verb(argv[1], actions);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    std::ostringstream out, err;
    const int code = app.exit(e, out, err);  // the help, the version, or what is wrong
    write_to(stdout, out.str());
    write_to(stderr, err.str());
    return code == 0 ? cli::kOk : cli::kUsage;
  }
  return actions.at(app.get_subcommands().front()->get_name())();
}

/// The detail alone where it is a sentence about a file or an argument.
std::string plainly(const Error& error) {
  const bool plain = error.code == Errc::invalid_argument || error.code == Errc::io_error;
  return plain && !error.detail.empty() ? error.detail : error.text();
}

int guarded(int argc, char** argv) {
  try {
    CryptoContext::forbid_default();
    Interrupt::install();
    return dispatch(argc, argv);
  } catch (const cli::UsageError& e) {
    cli::complain(e.what());
    return cli::kUsage;
  } catch (const ErrorException& e) {
    cli::complain(plainly(e.error()));
    switch (e.error().code) {  // what the user gave us, as against what the machine refuses
      case Errc::database_newer:
      case Errc::invalid_argument:
      case Errc::certificate_malformed:
        return cli::kUsage;
      default:
        return cli::kInfra;
    }
  } catch (const std::exception& e) {
    cli::complain(std::string("a bug of firstlight: ") + e.what());
    return cli::kBug;
  }
}

/// A closed standard stream would give its number to the next file, pipe or socket that is opened, and our text would
/// go there. Opened the wrong way round, so that using it fails as before.
void occupy_closed_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF) ::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

}  // namespace

int main(int argc, char** argv) {
  occupy_closed_streams();
  const int code = guarded(argc, argv);
  const int error = output_error();
  if (error == 0 || error == EPIPE) return code;  // a reader that has seen enough is no error
  cli::complain(std::string("standard output: not all could be written: ") + std::strerror(error));
  return judge::most_important(std::vector<int>{code, cli::kInfra});
}
