#include "sim/driver_io.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "sim/mqtt_session_io.hpp"
#include "sim/url.hpp"
#include "wire/http.hpp"
#include "wire/secrets.hpp"

namespace firstlight::sim {

namespace asio = boost::asio;

CameraDriver::CameraDriver(std::shared_ptr<ShardShare> share, CameraIdentity who, Path path,
                           std::unique_ptr<Store> store, std::function<void(const CameraDriver&)> on_step)
    : share_(std::move(share)),
      camera_(share_->config, std::move(who), share_->verifier),
      path_(std::move(path)),
      peer_(path_.source ? path_.source->to_string() : std::string()),
      store_(std::move(store)),
      on_step_(std::move(on_step)),
      timer_(share_->shard.io()) {}

CameraDriver::~CameraDriver() = default;

void CameraDriver::power_on(SteadyClock::time_point scheduled) {
  for (const auto* rule : std::exchange(waiting_sims_, {})) put_sim(*rule);
  feed(PowerOn{scheduled - share_->epoch});
}
void CameraDriver::stop() {
  power_.reset();
  detach_.reset();
  feed(Stop{});
}

bool CameraDriver::closed() const {
  const auto leaving = leaving_.lock();
  return !session_ && (!leaving || leaving->closed());
}

void CameraDriver::drop() {
  dropped_ = true;
  timer_.cancel();
  power_.reset();
  detach_.reset();
  if (https_) https_->abort();
  if (session_) session_->drop();
  if (const auto leaving = leaving_.lock()) leaving->drop();
  session_.reset();
}

void CameraDriver::feed(Event event) {
  if (dropped_) return;
  const Input input{share_->now(), std::move(event)};
  std::optional<SteadyClock::duration> dark;  // the power has gone: what was to follow is not done
  for (auto& action : camera_.step(input)) {
    if (dark) {
      tear(action);
      continue;
    }
    std::visit([this](auto& a) { perform(a); }, action);
    dark = power_goes(action);
  }
  if (on_step_) on_step_(*this);
  if (dark) return power_cut(dark);
  if (!waiting_jumps_.empty()) move_clock();
}

// Completions always come in a turn of their own, so that a step never begins within another.
void CameraDriver::feed_later(Event event) {
  asio::post(share_->shard.io(),
             [self = shared_from_this(), e = std::move(event)]() mutable { self->feed(std::move(e)); });
}

// -- the device itself --------------------------------------------------------------------------------------------

void CameraDriver::perform(Attach& a) {
  detach_.reset();
  DeviceFaults::Attached answer;
  if (faults_) answer = faults_->attach();
  answer.delay += share_->config->attach_delay;
  after(answer.delay, [this, id = a.id, answer] {
    if (faults_) faults_->attach_answered();
    if (answer.outcome && answer.detach_after) detach_after(*answer.detach_after);
    feed(AttachDone{id, answer.outcome});
  });
}

void CameraDriver::perform(SyncClock& a) {
  after(share_->config->clock.sntp_delay, [this, id = a.id] { feed(ClockSynced{id}); });
}

// For the steps that are modelled as the time they take: the machine has no timer of its own running meanwhile.
void CameraDriver::after(SteadyClock::duration delay, std::function<void()> work) {
  timer_.expires_after(delay);
  timer_.async_wait([weak = weak_from_this(), w = std::move(work)](const boost::system::error_code& ec) {
    const auto self = weak.lock();
    if (!ec && self) w();
  });
}

void CameraDriver::perform(StartTimer& a) {
  timer_.expires_after(a.delay);
  timer_.async_wait([weak = weak_from_this(), id = a.id](const boost::system::error_code& ec) {
    const auto self = weak.lock();
    if (!ec && self) self->feed(TimerFired{id});
  });
}
void CameraDriver::perform(CancelTimer&) {
  timer_.cancel();
}

// A store of a few kilobytes is read and written at once: the shard waits for the disk no longer than a camera would.
void CameraDriver::perform(StoreLoad& a) {
  if (const auto other = faults_ ? faults_->clone_of() : std::nullopt) return clone_then_load(a, *other);
  feed_later(StoreLoaded{a.id, load(a)});
}
void CameraDriver::perform(StoreSave& a) {
  const auto& content = a.content.reveal();
  feed_later(StoreSaved{a.id, faults_ ? faults_->save(*store_, content) : store_->save(content)});
}
result<std::string> CameraDriver::load(const StoreLoad& a) {
  if (a.check == StoreCheck::checksum) return store_->load();
  const auto bytes = store_->raw();
  return bytes ? unwrap_unchecked(*bytes) : store_->load();
}
void CameraDriver::perform(StoreDiscard&) {
  store_->discard();
}

void CameraDriver::perform(Log& a) {
  if (const auto what = wire::find_secret(a.text))
    share_->lane.append(journal::Source::camera, camera_.identity().id.value(), peer_,
                        journal::SecretSeen{"log", std::string(*what)});
}

void CameraDriver::perform(Emit& a) {
  if (std::holds_alternative<journal::PowerOn>(a.payload)) begin_boot();
  share_->lane.append(journal::Source::camera, camera_.identity().id.value(), peer_, std::move(a.payload));
}

// -- HTTPS --------------------------------------------------------------------------------------------------------

void CameraDriver::perform(HttpsGet& a) {
  if (a.service == Service::keys && share_->share_keys) {
    if (auto pem = share_->verifier.proven_key(a.key_id)) {
      HttpReply reply;
      reply.status = 200;
      reply.body = std::move(*pem);
      return feed_later(HttpsDone{a.id, std::move(reply), {}});
    }
  }
  https_ = std::make_shared<Opening>();
  auto work = https_get(shared_from_this(), std::make_unique<HttpsGet>(std::move(a)));
  asio::co_spawn(share_->shard.io(), std::move(work), asio::detached);
}

namespace {

asio::awaitable<result<HttpReply>> exchange(TlsStream& stream, std::string request) {
  const auto sent = co_await stream.write_all(request);
  if (!sent) co_return sent.error();
  wire::HttpResponseParser parser;
  std::array<char, 2048> buffer;  // NOLINT: filled before it is read
  while (!parser.done()) {
    const auto got = co_await stream.read_some(buffer);
    if (!got) co_return got.error();
    if (*got == 0) {
      if (!parser.started()) co_return Error(Errc::connection_closed);
      if (const auto end = parser.feed_end(); !end) co_return end.error();
      if (!parser.done()) co_return Error(Errc::connection_closed);
      break;
    }
    const auto fed = parser.feed(std::string_view(buffer.data(), *got));
    if (!fed) co_return fed.error();
  }
  auto response = parser.take();
  HttpReply reply;
  reply.status = response.status;
  if (const auto wait = response.header("Retry-After")) reply.retry_after = std::string(*wait);
  if (const auto to = response.header("Location")) reply.location = std::string(*to);
  reply.body = std::move(response.body);
  co_return reply;
}

std::string format_get(const HttpsGet& action, const Url& url) {
  wire::HttpRequest request;
  request.target = url.target;
  request.headers.emplace_back("Accept", action.service == Service::keys ? "*/*" : "application/json");
  request.headers.emplace_back("User-Agent", "firstlight-camera/" FIRSTLIGHT_VERSION);
  if (!action.bearer.empty()) request.headers.emplace_back("Authorization", "Bearer " + action.bearer.reveal());
  request.headers.emplace_back("Connection", "close");
  request.keep_alive = false;
  return wire::format_request(request, url.authority());
}

}  // namespace

asio::awaitable<void> CameraDriver::https_get(std::shared_ptr<CameraDriver> self, std::unique_ptr<HttpsGet> action) {
  const auto opening = self->https_;
  HttpsDone done;
  done.id = action->id;
  const auto url = parse_https_url(action->url);
  if (!url) {
    done.reply = url.error();
    self->feed_later(std::move(done));
    co_return;
  }
  Route route;
  route.host = url->host;
  route.port = url->port;
  route.path = self->path_;
  route.ca_pem = self->share_->config->ca_pem;
  route.clock = action->clock;
  auto stream = co_await open_stream(self->share_, std::move(route), done.timing, opening);
  if (!stream) {
    done.reply = stream.error();
    self->feed_later(std::move(done));
    co_return;
  }
  const auto start = SteadyClock::now();
  (*stream)->expires_after(self->share_->config->limits.exchange, Errc::http_timeout);
  auto request = format_get(*action, *url);
  done.reply = co_await exchange(**stream, std::move(request));
  done.timing.exchange = std::chrono::duration_cast<Micros>(SteadyClock::now() - start);
  (*stream)->close();
  self->feed_later(std::move(done));
}

// -- MQTT ---------------------------------------------------------------------------------------------------------

void CameraDriver::perform(MqttConnect& a) {
  auto sink = [weak = weak_from_this()](Event event) {
    if (const auto self = weak.lock()) self->feed_later(std::move(event));
  };
  session_ = std::make_shared<MqttSession>(share_, path_, std::move(sink));
  session_->open(std::move(a));
}
void CameraDriver::perform(MqttSubscribe& a) {
  if (session_) session_->subscribe(a);
}
void CameraDriver::perform(MqttPublish& a) {
  if (session_) session_->publish(a);
}
void CameraDriver::perform(MqttDisconnect&) {
  if (!session_) return;
  session_->leave();
  leaving_ = session_;
  session_.reset();
}
void CameraDriver::perform(DropConnections&) {
  if (https_) https_->abort();
  if (session_) session_->drop();
  session_.reset();
}

}  // namespace firstlight::sim
