#include "base/net/acceptor.hpp"

#include "base/net/address_hash.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>

#include <fmt/format.h>

namespace firstlight {

namespace asio = boost::asio;
using asio::ip::tcp;

struct Acceptor::Impl : std::enable_shared_from_this<Acceptor::Impl> {
  Impl(asio::io_context& io, ShardSet& s, Handler h)
      : acceptor(io), pause(io), shards(s), handler(std::make_shared<Handler>(std::move(h))) {}

  void arm() {
    acceptor.async_wait(tcp::acceptor::wait_read, [self = shared_from_this()](const boost::system::error_code& ec) {
      if (ec || !self->acceptor.is_open() || self->refusing) return;
      if (self->drain())
        self->arm();
      else
        self->arm_later();
    });
  }

  /// False when the process is out of descriptors: accepting again at once would spin.
  bool drain() {
    for (int i = 0; i < 256; ++i) {
      sockaddr_storage from{};
      socklen_t length = sizeof from;
      const int fd = ::accept4(acceptor.native_handle(), reinterpret_cast<sockaddr*>(&from), &length,
                               SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM;
      tcp::endpoint peer;
      peer.resize(length);
      std::memcpy(peer.data(), &from, length);
      auto& shard = shards.for_hash(address_hash(peer.address()));
      // The socket is opened on the shard's own io_context; until then a guard owns the descriptor.
      auto owner = std::make_shared<Descriptor>(fd);
      asio::post(shard.io(), [&shard, owner, peer, handle = handler] {
        tcp::socket socket(shard.io());
        boost::system::error_code ec;
        socket.assign(peer.protocol(), owner->fd, ec);
        if (ec) return;
        owner->fd = -1;
        const auto local = socket.local_endpoint(ec);
        if (ec) return;
        (*handle)(shard, Accepted{std::move(socket), peer, local});
      });
    }
    return true;
  }

  void arm_later() {
    pause.expires_after(std::chrono::milliseconds(20));
    pause.async_wait([self = shared_from_this()](const boost::system::error_code& ec) {
      if (!ec && !self->refusing) self->arm();
    });
  }

  struct Descriptor {
    explicit Descriptor(int f) : fd(f) {}
    ~Descriptor() {
      if (fd >= 0) ::close(fd);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int fd;
  };

  tcp::acceptor acceptor;
  asio::steady_timer pause;
  ShardSet& shards;
  std::shared_ptr<Handler> handler;
  bool refusing = false;
};

result<std::unique_ptr<Acceptor>> Acceptor::listen(asio::io_context& front, const std::string& address,
                                                   unsigned short port, ShardSet& shards, Handler handler) {
  boost::system::error_code ec;
  const auto where = fmt::format("{}:{}", address, port);
  const auto ip = asio::ip::make_address(address, ec);
  if (ec) return Error(Errc::address_unusable, where + ": not an IP address");
  const tcp::endpoint endpoint(ip, port);
  auto impl = std::make_shared<Impl>(front, shards, std::move(handler));
  auto& a = impl->acceptor;
  const auto bind = [&](tcp::acceptor& to, const tcp::endpoint& at) {
    to.open(at.protocol(), ec);
    if (!ec) to.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec) to.bind(at, ec);
  };
  if (port == 0) {
    // The kernel lets go of a port that it chose itself when the socket stops listening (close_port()), and keeps one
    // that was asked for by number: ask for the one that it chose.
    tcp::acceptor finder(front);
    bind(finder, endpoint);
    if (!ec) bind(a, finder.local_endpoint());
  } else {
    bind(a, endpoint);
  }
  if (!ec) a.listen(4096, ec);
  if (!ec) a.native_non_blocking(true, ec);
  if (ec == asio::error::address_in_use) return Error(Errc::address_in_use, where);
  if (ec) return Error(Errc::address_unusable, where + ": " + ec.message());
  impl->arm();
  return std::unique_ptr<Acceptor>(new Acceptor(std::move(impl)));
}

Acceptor::~Acceptor() {
  close();
}

unsigned short Acceptor::port() const {
  return impl_->acceptor.local_endpoint().port();
}

// Linux takes a listening socket back to the bound state by shutdown(2), and listen(2) opens it again.
void Acceptor::close_port() {
  impl_->refusing = true;
  boost::system::error_code ignored;
  impl_->acceptor.cancel(ignored);
  ::shutdown(impl_->acceptor.native_handle(), SHUT_RDWR);
}

result<void> Acceptor::open_port() {
  if (::listen(impl_->acceptor.native_handle(), 4096) != 0) return Error(Errc::address_in_use, std::strerror(errno));
  if (std::exchange(impl_->refusing, false)) impl_->arm();
  return result<void>();
}

void Acceptor::close() {
  boost::system::error_code ignored;
  impl_->acceptor.close(ignored);
  impl_->pause.cancel();
}

}  // namespace firstlight
