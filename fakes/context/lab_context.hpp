// What every server of the lab is given by the lab that owns it: where it runs, where it writes events, whom it serves,
// and what breaks. Made by harness/lab and by tests; all of it outlives the servers.
#pragma once

#include <boost/asio/io_context.hpp>
#include <vector>

#include "base/net/shard.hpp"
#include "base/time.hpp"
#include "fakes/context/sims.hpp"
#include "fault/engine.hpp"
#include "journal/journal.hpp"

namespace firstlight::fakes {

class ServerIdentities;

struct LabContext {
  boost::asio::io_context& front;  // where the acceptors run
  ShardSet& shards;
  journal::Journal& journal;
  std::vector<journal::Lane>& lanes;  // one a shard, by index
  const SimTable& sims;
  const WallClock& clock;
  const fault::Engine& faults = no_faults();     // consulted at every point
  const ServerIdentities* identities = nullptr;  // for faults at `tls`; null: their certificates stay proper
  [[nodiscard]] static const fault::Engine& no_faults();
};

}  // namespace firstlight::fakes
