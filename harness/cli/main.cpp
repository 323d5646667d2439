#include <exception>
#include <map>

#include "base/crypto.hpp"
#include "base/error.hpp"
#include "harness/cli/cli.hpp"
#include "harness/run/interrupt.hpp"

using namespace firstlight;
using namespace firstlight::harness;

namespace {

int dispatch(int argc, char** argv) {
  CLI::App app("firstlight: a lab and test harness for the provisioning of cameras", "firstlight");
  app.set_version_flag("--version", FIRSTLIGHT_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 all passed, 1 failed, 2 interrupted, 3 a bug of firstlight, 4 usage or scenario error,\n"
      "5 nothing selected, 10 infrastructure, 11 only thresholds breached, 12 inconclusive,\n"
      "13 only flaky, with --flaky=fail. When several apply, the first of 4, 3, 2, 1, 10, 11, 12, 13.");
  std::map<std::string, cli::Action> actions;
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
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = app.exit(e);  // prints the help, the version, or what is wrong
    return code == 0 ? cli::kOk : cli::kUsage;
  }
  return actions.at(app.get_subcommands().front()->get_name())();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    CryptoContext::forbid_default();
    Interrupt::install();
    return dispatch(argc, argv);
  } catch (const ErrorException& e) {
    cli::complain(e.what());
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
