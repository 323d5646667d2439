// A connection that a link fault slows, holds or cuts: it stands between the device's socket and the server, which is
// given the other end of a socket pair and knows nothing of it. Made by the ingress for such connections alone; lives
// on the connection's shard until one side ends.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/net/shard.hpp"
#include "fakes/ingress/proofs.hpp"
#include "fault/engine.hpp"
#include "fault/plans/link.hpp"

namespace firstlight::fakes {

class Shaper : public std::enable_shared_from_this<Shaper> {
 public:
  /// What the plan cannot hold: whether a partition is on now, and the draws of the latency.
  struct Rules {
    const fault::Engine* engine = nullptr;
    std::vector<const fault::Rule*> partitions;  // each with its own time
    std::uint32_t camera = 0;
    RandomStream random{0};
    std::function<void()> on_first_record;  // set: of the lab's bytes only the first TLS record passes; called then
  };

  Shaper(Shard& shard, boost::asio::ip::tcp::socket device, fault::LinkPlan plan, Rules rules,
         std::shared_ptr<Proofs<fault::LinkPlan>> proofs);

  /// Starts, and gives the server's end of the pair. Errors: io-error.
  [[nodiscard]] result<boost::asio::ip::tcp::socket> start();
  /// Starts without a server: reads what comes and answers nothing, until the device ends the connection.
  /// `on_first_bytes`, if any, is called when the device has sent something.
  void swallow(std::function<void()> on_first_bytes = {});
  /// Resets the device's connection at once.
  void reset();

 private:
  enum class Way : std::uint8_t { to_lab, to_device };
  struct Piece {
    std::string bytes;
    SteadyClock::time_point due;
  };
  struct Direction {
    explicit Direction(boost::asio::io_context& io) : changed(io) {}
    std::deque<Piece> queue;
    std::size_t queued = 0;
    bool ended = false;  // no more will be read
    // Pieces never overtake each other. Before the first there is none: the clock's zero is the machine's start, and a
    // pause longer than the machine has been up would hold up the first piece.
    SteadyClock::time_point last_due = SteadyClock::time_point::min();
    boost::asio::steady_timer changed;  // cancelled when the queue changes
  };

  static boost::asio::awaitable<void> read(std::shared_ptr<Shaper> self, Way way);
  static boost::asio::awaitable<void> write(std::shared_ptr<Shaper> self, Way way);
  static boost::asio::awaitable<void> discard(std::shared_ptr<Shaper> self, std::function<void()> on_first_bytes);
  boost::asio::awaitable<void> sleep_until(SteadyClock::time_point when);
  boost::asio::awaitable<void> pass_hold();
  [[nodiscard]] std::optional<SteadyClock::time_point> held_until();
  boost::asio::awaitable<bool> send(Way way, std::string_view bytes);
  boost::asio::awaitable<void> readable(Way way);

  Direction& direction(Way way) { return way == Way::to_lab ? to_lab_ : to_device_; }
  [[nodiscard]] int source(Way way) { return way == Way::to_lab ? device_.native_handle() : lab_.native_handle(); }
  void take(Way way, std::string bytes);
  void limit(Way way, std::string& bytes);
  void enqueue(Direction& d, std::string bytes, Duration gap);
  void reset_when_drained();
  [[nodiscard]] Duration delay();
  void close();

  Shard& shard_;
  boost::asio::ip::tcp::socket device_;
  boost::asio::local::stream_protocol::socket lab_;
  fault::LinkPlan plan_;
  Rules rules_;
  std::shared_ptr<Proofs<fault::LinkPlan>> proofs_;
  Direction to_lab_, to_device_;
  std::int64_t passed_ = 0;  // bytes, both ways
  SteadyClock::time_point born_ = SteadyClock::now();
  std::optional<std::size_t> record_left_;  // of the only TLS record that may pass
  bool stalled_ = false, half_closed_ = false, closed_ = false;
  bool resets_ = false;  // as soon as what may pass has passed
};

}  // namespace firstlight::fakes
