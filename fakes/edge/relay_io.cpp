// The session's bytes in both directions. Each direction has one writer at a time; a reader stops while its writer is
// behind, so that neither side can make the edge hold more than a few packets.
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "fakes/edge/session.hpp"

namespace firstlight::fakes::edge {

namespace asio = boost::asio;
namespace mqtt = wire::mqtt;

namespace {

constexpr std::size_t kHighWater = 64 * 1024;
constexpr std::size_t kKeptCapacity = 1024;  // an idle connection holds no large buffer

/// Keeps what was not consumed of `bytes`, which may stand in `buffer` itself.
void keep_rest(std::string& buffer, std::string_view rest) {
  if (rest.empty() && buffer.capacity() > kKeptCapacity)
    std::string().swap(buffer);
  else
    buffer = std::string(rest);
}

}  // namespace

Session::Next Session::consume_device(std::string_view bytes) {
  if (!device_in_.empty()) bytes = device_in_.append(bytes);
  for (;;) {
    const auto frame = mqtt::next_frame(bytes, core_->config.limits.packet_bytes);
    if (!frame) {
      End why;
      why.aws_reason = aws::kClientError;
      why.detail = frame.error().name();
      why.code = frame.error().code == Errc::mqtt_too_large ? reason::kTooLarge : reason::kMalformed;
      closing_ = std::move(why);
      return Next::finished;
    }
    if (!*frame) break;
    if (Relay::restarts_keep_alive((*frame)->type)) last_packet_ = SteadyClock::now();
    const auto answered = relay_->to_device.size();
    closing_ = relay_->on_device(**frame);
    if (faults_ && !closing_) closing_ = faults_->after_device(**frame, relay_->to_device, answered);
    if (closing_) return Next::finished;
    bytes.remove_prefix((*frame)->total_bytes);
  }
  keep_rest(device_in_, bytes);
  return Next::go_on;
}

Session::Next Session::consume_broker(std::string_view bytes) {
  if (!broker_in_.empty()) bytes = broker_in_.append(bytes);
  for (;;) {
    const auto frame = mqtt::next_frame(bytes, kLargestFromBroker);
    if (!frame) {
      End why;
      why.aws_reason = aws::kServerError;
      why.detail = "Mosquitto sent something malformed";
      broker_closing_ = std::move(why);
      return Next::finished;
    }
    if (!*frame) break;
    const auto before = relay_->to_device.size();
    broker_closing_ = relay_->on_broker(**frame);
    if (faults_ && !broker_closing_) broker_closing_ = faults_->after_broker(relay_->to_device, before);
    if (broker_closing_) return Next::finished;
    bytes.remove_prefix((*frame)->total_bytes);
  }
  keep_rest(broker_in_, bytes);
  return Next::go_on;
}

asio::awaitable<void> Session::relay_device() {
  auto next = consume_device({});  // what the device sent before its CONNACK
  while (next == Next::go_on && !ended_) {
    co_await flush_broker();
    co_await flush_device();
    co_await drained(relay_->to_broker, to_broker_);
    co_await drained(relay_->to_device, to_device_);
    if (ended_) break;
    const auto got = co_await stream_.read_some(shard_.scratch);
    if (ended_) break;
    if (!got || *got == 0) {
      End why;
      why.aws_reason = aws::kConnectionLost;
      why.detail = got ? "closed without DISCONNECT" : got.error().text();
      end(std::move(why));
      break;
    }
    next = consume_device(std::string_view(shard_.scratch.data(), *got));
  }
  if (!closing_) co_return;
  // What the device sent before still counts; then its DISCONNECT, or ours.
  co_await flush_broker();
  while (!ended_ && to_broker_.busy) co_await pause();
  end(std::move(*closing_));
}

asio::awaitable<void> Session::relay_broker() {
  auto next = consume_broker({});
  while (next == Next::go_on) {
    co_await flush_device();
    co_await flush_broker();
    co_await drained(relay_->to_device, to_device_);
    if (ended_ && !draining_) break;
    const auto got = co_await read_broker();
    if (!got || *got == 0) {
      End why;
      why.aws_reason = aws::kServerError;
      why.detail = "Mosquitto closed the connection";
      end(std::move(why));
      break;
    }
    if (!ended_) next = consume_broker(std::string_view(shard_.scratch.data(), *got));
  }
  if (broker_closing_ && !ended_) {
    co_await flush_device();
    end(std::move(*broker_closing_));
  }
  close_upstream();
}

asio::awaitable<void> Session::relay_broker_of(std::shared_ptr<Session> self) {
  co_await self->relay_broker();
}

asio::awaitable<void> Session::flush_device() {
  if (to_device_.busy) co_return;
  while (!ended_ && !relay_->to_device.empty()) {
    to_device_.busy = true;
    const auto bytes = std::exchange(relay_->to_device, {});
    const auto written = co_await write_device(bytes);
    if (!written) {
      End why;
      why.aws_reason = aws::kConnectionLost;
      why.detail = written.error().text();
      end(std::move(why));
      co_return;  // still busy: half a record may be out
    }
    to_device_.busy = false;
    wake_.cancel();
  }
}

asio::awaitable<void> Session::flush_broker() {
  if (to_broker_.busy) co_return;
  while (!ended_ && !relay_->to_broker.empty()) {
    to_broker_.busy = true;
    const auto bytes = std::exchange(relay_->to_broker, {});
    const auto written = co_await write_broker(bytes);
    to_broker_.busy = false;
    wake_.cancel();
    if (!written) {
      End why;
      why.aws_reason = aws::kServerError;
      why.detail = written.error().text();
      end(std::move(why));
    }
  }
}

asio::awaitable<void> Session::drained(const std::string& pending, const Flow& flow) {
  while (!ended_ && flow.busy && pending.size() > kHighWater) co_await pause();
}

}  // namespace firstlight::fakes::edge
