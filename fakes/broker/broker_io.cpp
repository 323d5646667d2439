#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "fakes/broker/broker.hpp"
#include "fakes/broker/launch.hpp"
#include "fakes/broker/supervisor.hpp"

namespace firstlight::fakes {

namespace asio = boost::asio;
using Action = fault::BrokerPlan::Action;

struct Broker::Impl {
  Impl(BrokerConfig c, std::string program, journal::Journal& journal)
      : supervisor(std::move(c), std::move(program), journal.lane()) {}

  using Guard = asio::executor_work_guard<asio::io_context::executor_type>;
  std::mutex mutex;
  std::optional<Guard> guard;  // `front` has work while Mosquitto is watched
  BrokerSupervisor supervisor;

  void unguard() {
    const std::lock_guard lock(mutex);
    guard.reset();
  }
};

Broker::Broker(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Broker::~Broker() {
  stop();
}

result<std::unique_ptr<Broker>> Broker::start(BrokerConfig config, journal::Journal& journal) {
  const auto program = find_mosquitto(config.search_path);
  if (!program) return program.error();
  auto impl = std::make_unique<Impl>(std::move(config), *program, journal);
  if (const auto fits = check_socket_path(impl->supervisor.socket_path()); !fits) return fits.error();
  if (auto started = impl->supervisor.start(); !started) return started.error();
  return std::unique_ptr<Broker>(new Broker(std::move(impl)));
}

const std::string& Broker::socket_path() const {
  return impl_->supervisor.socket_path();
}

pid_t Broker::pid() const {
  return impl_->supervisor.pid();
}

void Broker::watch(asio::io_context& front, std::function<void(int)> on_unexpected_exit) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->guard.emplace(front.get_executor());
  }
  impl_->supervisor.on_unexpected_exit(
      [impl = impl_.get(), &front, callback = std::move(on_unexpected_exit)](int status) {
        asio::post(front, [callback, status] { callback(status); });
        impl->unguard();
      });
}

void Broker::carry_out(const fault::Rule& rule) {
  fault::BrokerPlan plan;
  fault::Engine::apply(plan, rule);
  impl_->supervisor.command({plan, fault::Injection(rule, fault::Point::broker, 0, 0)});
}

void Broker::kill(Duration off_for) {
  impl_->supervisor.command({{Action::kill, off_for}, {}});
}

void Broker::freeze(Duration lasts) {
  impl_->supervisor.command({{Action::freeze, lasts}, {}});
}

void Broker::restart() {
  impl_->supervisor.command({{Action::restart, {}}, {}});
}

void Broker::stop() {
  impl_->supervisor.stop();
  impl_->unguard();
}

}  // namespace firstlight::fakes
