/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage: igtl_read ADDRESS PORT SECONDS
 * A client by Debian's libopenigtlink, as 3D Slicer is one: says what it reads, a line for each message whose
 * check the library finds right, and `wrong` for any other. */
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <igtlClientSocket.h>
#include <igtlImageMessage.h>
#include <igtlMessageHeader.h>
#include <igtlStatusMessage.h>
#include <igtlTimeStamp.h>
#include <igtlTransformMessage.h>

namespace
{
template <class Message>
bool read_body(igtl::ClientSocket *socket, igtl::MessageHeader *header, Message *message)
{
    message->SetMessageHeader(header);
    message->AllocatePack();
    socket->Receive(message->GetPackBodyPointer(), message->GetPackBodySize());
    return (message->Unpack(1) & igtl::MessageHeader::UNPACK_BODY) != 0; /* 1: look at the check */
}

double stamp_of(igtl::MessageBase *message)
{
    igtl::TimeStamp::Pointer stamp = igtl::TimeStamp::New();
    message->GetTimeStamp(stamp);
    return stamp->GetTimeStamp();
}

void say_wrong(const char *type)
{
    std::printf("wrong %s\n", type);
}

void read_transform(igtl::ClientSocket *socket, igtl::MessageHeader *header)
{
    igtl::TransformMessage::Pointer message = igtl::TransformMessage::New();
    if (!read_body(socket, header, message.GetPointer()))
        return say_wrong("TRANSFORM");
    igtl::Matrix4x4 m;
    message->GetMatrix(m);
    double det = m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
                 m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
                 m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
    std::printf("transform %s at %.6f x %.4f y %.4f z %.4f det %.6f\n", message->GetDeviceName(),
                stamp_of(message), static_cast<double>(m[0][3]), static_cast<double>(m[1][3]),
                static_cast<double>(m[2][3]), det);
}

void read_image(igtl::ClientSocket *socket, igtl::MessageHeader *header)
{
    igtl::ImageMessage::Pointer message = igtl::ImageMessage::New();
    if (!read_body(socket, header, message.GetPointer()))
        return say_wrong("IMAGE");
    int size[3];
    message->GetDimensions(size);
    const unsigned char *pixels = static_cast<unsigned char *>(message->GetScalarPointer());
    unsigned long long sum = 0;
    for (int i = 0; i < message->GetImageSize(); i++)
        sum += pixels[i];
    std::printf("image %s at %.6f size %d %d %d components %d type %d mean %.1f\n",
                message->GetDeviceName(), stamp_of(message), size[0], size[1], size[2],
                message->GetNumComponents(), message->GetScalarType(),
                static_cast<double>(sum) / message->GetImageSize());
}

void read_status(igtl::ClientSocket *socket, igtl::MessageHeader *header)
{
    igtl::StatusMessage::Pointer message = igtl::StatusMessage::New();
    if (!read_body(socket, header, message.GetPointer()))
        return say_wrong("STATUS");
    std::printf("status %s at %.6f code %d words %s\n", message->GetDeviceName(), stamp_of(message),
                message->GetCode(), message->GetStatusString());
}

/* False: the server has left. */
bool read_one(igtl::ClientSocket *socket)
{
    igtl::MessageHeader::Pointer header = igtl::MessageHeader::New();
    header->InitPack();
    if (socket->Receive(header->GetPackPointer(), header->GetPackSize()) != header->GetPackSize())
        return false;
    header->Unpack();
    const std::string type = header->GetDeviceType();
    if (type == "TRANSFORM")
        read_transform(socket, header);
    else if (type == "IMAGE")
        read_image(socket, header);
    else if (type == "STATUS")
        read_status(socket, header);
    else
        say_wrong(type.c_str());
    return true;
}
} // namespace

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    igtl::ClientSocket::Pointer socket = igtl::ClientSocket::New();
    if (socket->ConnectToServer(argv[1], std::atoi(argv[2])) != 0)
        return 1;
    socket->SetReceiveTimeout(5000);
    const std::time_t end = std::time(nullptr) + std::atoi(argv[3]);
    while (std::time(nullptr) <= end && read_one(socket))
        ;
    socket->CloseSocket();
    return 0;
}
