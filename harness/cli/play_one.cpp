#include <memory>

#include "harness/cli/cli.hpp"
#include "harness/run/child.hpp"

namespace firstlight::harness::cli {

Action add_play_one(CLI::App& app) {
  auto* verb = app.add_subcommand("play-one", "What `run` starts for each scenario; not for people");
  verb->group("");  // not in the help
  struct Options {
    int parent = 0;
    std::string name;  // so that a list of processes shows it
  };
  auto o = std::make_shared<Options>();
  verb->add_option("--parent", o->parent)->required();
  verb->add_option("name", o->name)->required();
  return [o] { return play_as_child(o->parent); };
}

}  // namespace firstlight::harness::cli
