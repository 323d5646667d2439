#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "fakes/sims.hpp"
#include "harness/cli/cli.hpp"
#include "harness/run/interrupt.hpp"
#include "harness/run/runner.hpp"
#include "journal/journal.hpp"
#include "sim/fleet.hpp"

namespace firstlight::harness::cli {

using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

struct Options {
  sim::FleetConfig fleet;
  std::vector<std::string> defects;
  std::string lab_file, ca_file, store, source = "127.0.0.1", imsi;
  bool exit_when_online = false;
  std::uint64_t timeout_s = 0;
};

bool read_file(const std::string& path, std::string& text) {
  std::ifstream file(path);
  std::stringstream all;
  all << (path == "-" ? std::cin.rdbuf() : file.rdbuf());
  text = all.str();
  if (path == "-" || file) return true;
  complain(path + ": cannot be read");
  return false;
}

/// Endpoints from the ready line of `firstlight lab --json`; what the command line says explicitly wins.
bool take_lab(Options& o) {
  if (o.lab_file.empty()) return true;
  std::string text;
  if (!read_file(o.lab_file, text)) return false;
  const auto ready = nlohmann::json::parse(text.substr(0, text.find('\n')), nullptr, false);
  const auto take = [&](const char* member, std::string& into) {
    if (into.empty() && ready.is_object() && ready.contains(member) && ready[member].is_string())
      into = ready[member].get<std::string>();
  };
  take("endorse_url", o.fleet.camera.endorse_url);
  take("keys_url", o.fleet.camera.keys_url);
  take("config_url", o.fleet.camera.config_url);
  take("ca_file", o.ca_file);
  return true;
}

std::vector<std::string> defect_names() {
  std::vector<std::string> names;
  for (const auto& defect : fault::all_defects()) names.emplace_back(defect.name);
  return names;
}

bool settle(Options& o) {
  if (!take_lab(o)) return false;
  const std::pair<const char*, const std::string*> needed[] = {{"--endorse-url", &o.fleet.camera.endorse_url},
                                                               {"--keys-url", &o.fleet.camera.keys_url},
                                                               {"--config-url", &o.fleet.camera.config_url},
                                                               {"--ca-file", &o.ca_file}};
  for (const auto& [name, value] : needed)
    if (value->empty()) {
      complain(fmt::format("{} is missing; give it, or --lab with the ready line of 'firstlight lab --json'", name));
      return false;
    }
  if (!o.store.empty()) o.fleet.store_folder = o.store;
  for (const auto& name : o.defects) o.fleet.camera.defects.add(*fault::find_defect(name));
  return read_file(o.ca_file, o.fleet.camera.ca_pem);
}

int camera(Options& o) {
  if (!settle(o)) return kUsage;
  boost::system::error_code ec;
  const auto source = asio::ip::make_address(o.source, ec);
  if (ec) {
    complain(o.source + ": not an IP address");
    return kUsage;
  }
  o.fleet.camera.seed = draw_run_seed();
  const Imsi imsi = o.imsi.empty() ? fakes::derive_sim(source).imsi : Imsi(o.imsi);
  auto journal = journal::Journal::open("", {}, [](const journal::Event& e) {
                   fmt::print("{}\n", journal::narrate(e));
                   std::fflush(stdout);
                 }).value();
  ShardSet shards(1, "fl-camera");
  shards.start();
  int code = kFailed;
  {
    sim::Fleet fleet(shards, *journal, o.fleet, {{CameraId(1), source, imsi, {}}});
    const auto begin = fleet.start();
    const auto limit =
        o.timeout_s == 0 ? SteadyClock::duration::max() : SteadyClock::duration(std::chrono::seconds(o.timeout_s));
    for (;;) {
      const bool signalled = Interrupt::wait_for(10ms);
      const auto counts = fleet.counts();
      code = counts.online > 0 ? kOk : kFailed;
      if (signalled || counts.gave_up > 0 || (o.exit_when_online && counts.online > 0) ||
          SteadyClock::now() - begin >= limit)
        break;
    }
    fleet.stop_politely(2s);
  }
  shards.stop();
  journal->close();
  return code;
}

}  // namespace

Action add_camera(CLI::App& app) {
  auto* verb = app.add_subcommand("camera", "Be one simulated camera against any endpoints, and tell each stage");
  auto o = std::make_shared<Options>();
  auto& c = o->fleet.camera;
  verb->add_option("--lab", o->lab_file, "File with the ready line of 'firstlight lab --json' ('-': standard input)");
  verb->add_option("--endorse-url", c.endorse_url, "URL of Endorse (https)");
  verb->add_option("--keys-url", c.keys_url, "URL of the public keys: a key is below it, by kid");
  verb->add_option("--config-url", c.config_url, "URL of the device's configuration");
  verb->add_option("--ca-file", o->ca_file, "PEM file with the authorities of these servers");
  verb->add_option("--source", o->source, "Local address to connect from; the lab knows a camera by it")
      ->capture_default_str();
  verb->add_option("--imsi", o->imsi,
                   "The SIM's IMSI, which the token must carry (default: the lab's SIM of --source)");
  verb->add_option("--store", o->store, "Folder of the camera's store; without it the configuration is kept in memory");
  add_choice<wire::mqtt::Version>(*verb, "--mqtt", c.mqtt_version,
                                  {{"3.1.1", wire::mqtt::Version::v3_1_1}, {"5", wire::mqtt::Version::v5}},
                                  "MQTT version (default: 3.1.1)");
  verb->add_option("--defect", o->defects, "A bug that the camera has (docs/firmware-defects.md); may be repeated")
      ->check(CLI::IsMember(defect_names()).description(""))
      ->type_name("NAME");
  verb->add_flag("--exit-when-online", o->exit_when_online, "End with 0 as soon as it is online");
  verb->add_option("--timeout", o->timeout_s, "End after so many seconds (0: never)");
  verb->footer("Exit: 0 it was online at the end, 1 it was not. Ctrl-C ends it politely.");
  return [o] { return camera(*o); };
}

}  // namespace firstlight::harness::cli
